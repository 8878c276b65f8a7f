import { defineConfig } from "vitest/config";

/** Tiers, quickest first; `test/run.mjs` runs them all in this order and never skips one. */
// The SDK says at every start that Node 20 ends; which Node the project runs on is no news to its tests.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

/** What starts the emulated AWS, in a process of its own. */
const EMULATOR = "test/lab-rooms/emulator/**/*.test.ts";

/** Tests of the rooms by themselves. */
const rooms = {
  testTimeout: 20_000,
  // To load every module anew for each of 180 files took more time than the tests; what a test puts in place of
  // something is taken away after it.
  isolate: false,
  restoreMocks: true,
  unstubEnvs: true,
  unstubGlobals: true,
};

export default defineConfig({
  test: {
    // Vitest leaves one processor to whoever watches; nobody does here.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          ...rooms,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/{terraform,lab,model}/**", EMULATOR],
        },
      },
      { test: { ...rooms, name: "emulator", include: [EMULATOR] } },
      { test: { name: "model", include: ["test/model/**/*.test.ts"], testTimeout: 300_000 } },
      {
        test: {
          name: "terraform",
          include: ["test/terraform/**/*.test.ts"],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "lab",
          include: ["test/lab/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      { test: { name: "faults", include: ["test/lab/faults/matrix.test.ts"], fileParallelism: false } },
    ],
  },
});
