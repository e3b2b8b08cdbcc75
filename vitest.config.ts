import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["__test__/**/*.spec.ts"],
    testTimeout: 30_000,
    // The package is tested as it is shipped: compiled, by its own name.
    server: { deps: { external: [/\/dist\//] } },
  },
});
