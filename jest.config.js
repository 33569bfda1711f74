/** Tests run as native ES modules; swc strips the types (the compiler checks them on its own). */
const common = {
  rootDir: import.meta.dirname,
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts", ".tsx"],
  transform: {
    "^.+\\.tsx?$": [
      "@swc/jest",
      {
        jsc: {
          target: "es2022",
          parser: { syntax: "typescript", tsx: true },
          transform: { react: { runtime: "automatic" } },
        },
        module: { type: "es6" },
      },
    ],
  },
  modulePathIgnorePatterns: ["<rootDir>/cdk.out", "<rootDir>/dist", "<rootDir>/.local"],
};

/** Suites that need the stacks, most of them running; they share one assembly, synthesized before them. */
const WHOLE = ["<rootDir>/tests/e2e/**/*.test.ts", "<rootDir>/tests/infra/**/*.test.ts"];

export default {
  testTimeout: 30_000,
  projects: [
    {
      ...common,
      displayName: "rooms",
      testMatch: ["<rootDir>/tests/**/*.test.{ts,tsx}", ...WHOLE.map((pattern) => `!${pattern}`)],
    },
    {
      ...common,
      displayName: "whole",
      testMatch: WHOLE,
      globalSetup: "<rootDir>/tests/e2e/synthesize-once.ts",
    },
  ],
};
