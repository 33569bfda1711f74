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
const INTEGRATION = ["e2e", "infra"];

export default {
  testTimeout: 30_000,
  testSequencer: "<rootDir>/tests/long-first.mjs",
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/tests/**/*.test.ts"],
      testPathIgnorePatterns: INTEGRATION.map((folder) => `<rootDir>/tests/${folder}/`),
    },
    {
      ...common,
      displayName: "integration",
      testMatch: INTEGRATION.map((folder) => `<rootDir>/tests/${folder}/**/*.test.ts`),
      globalSetup: "<rootDir>/tests/e2e/synthesize-once.ts",
    },
  ],
};
