import { defineConfig } from "eslint/config";
import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** Which directory may import which (see ARCHITECTURE.md, "Directories"). */
const DIRECTORIES = {
  core: [],
  resolvers: ["core", "samples"],
  worker: ["core", "resolvers/generated"],
  client: ["core"],
  infra: ["core", "resolvers/manifest.ts", "resolvers/bundle.ts", "worker/bundle.ts"],
  local: [],
  samples: [],
  cli: ["core", "local", "infra", "client/link"],
};

/**
 * Functions that do test runs, generate seeds or write snapshots use the worker's code: they may import what makes and writes a
 * record, but nothing of tasks, leases and stores.
 */
const DIRECTORIES_WITHIN = {
  "resolvers/lambda": [
    ...[
      "resolvers",
      "core",
      "samples",
      "worker/sandbox",
      "worker/seeds.ts",
      "worker/record/job-context.ts",
      "worker/record/attempt.ts",
    ],
    // A snapshot: a job's records so far, in the dataset's form.
    ...["worker/export", "worker/ports.ts"],
    ...["worker/calls", "worker/condition-variable.ts"],
    ...["worker/adapters/s3-objects.ts", "worker/adapters/connections.ts"],
    ...["worker/adapters/bedrock-model.ts", "worker/adapters/system-clock.ts"],
  ],
};
/** The rest of a directory that has one of those within. */
const AROUND = { resolvers: ["./resolvers/*.ts", "./resolvers/shared", "./resolvers/steps"] };

const zones = Object.entries({ ...DIRECTORIES, ...DIRECTORIES_WITHIN }).map(([directory, may]) => ({
  target: AROUND[directory] ?? `./${directory}`,
  from: ".",
  except: [`./${directory}`, "./node_modules", "./cdk.json", "./package.json", ...may.map((place) => `./${place}`)],
  message: `${directory}/ may import ${may.length > 0 ? `only ${may.join(", ")}` : "no other directory"} (see ARCHITECTURE.md, "Directories").`,
}));

export default defineConfig(
  { ignores: ["node_modules/", "cdk.out/", "dist/", ".local/", "out/", "**/generated/"] },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    plugins: { "import-x": importX },
    settings: {
      // Without it the plugin reads no TypeScript, and no-cycle finds nothing.
      "import-x/parsers": { "@typescript-eslint/parser": [".ts", ".tsx"] },
      "import-x/resolver-next": [importX.createNodeResolver({ extensions: [".ts", ".tsx", ".js", ".mjs"] })],
    },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones }],
      "import-x/no-cycle": "error",
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-restricted-syntax": [
        "error",
        { selector: "ExportAllDeclaration", message: "Import the file, not an index: no barrels." },
      ],
    },
  },
  {
    files: ["core/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", "process", "setTimeout", "setInterval", "fetch"],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Core has no clock; take `now` as an argument." },
        {
          object: "Math",
          property: "random",
          message: "Core has no randomness of its own; take it as an argument.",
        },
      ],
    },
  },
);
