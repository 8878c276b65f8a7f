import { defineConfig } from "vitest/config";
import { NearestFirst } from "./nearest-first.mjs";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

/** Unit tests of the mutated rooms. What starts processes or simulates whole swarms is left to its own tier. */
export default defineConfig({
  test: {
    include: [
      "test/*.test.ts",
      "test/agent/*.test.ts",
      "test/agent/{decide,observe,registry,remember}/**/*.test.ts",
      "test/{cli,cluster,config,fuzz,limits,network,nodes,operations,registry,security,stacks,storage}/**/*.test.ts",
    ],
    exclude: [
      "test/{readme,scripts}.test.ts",
      // Swarms of thousands: mutated code counts every step.
      "test/agent/**/{disown,large-swarm,many-workers}.test.ts",
      "test/cli/process.test.ts",
      "test/config/{agreement,schema-agreement}.test.ts",
      "test/stacks/app.test.ts",
    ],
    setupFiles: ["test/mutation/setup.ts"],
    isolate: false,
    sequence: { sequencer: NearestFirst },
    // Stryker has its own, from the times it measured without a mutant.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
