// Builds what the package ships: the compiled library, the files that lie beside its sources, and the agent as one file.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
process.chdir(root);

execFileSync(process.execPath, [createRequire(import.meta.url).resolve("typescript/bin/tsc"), "-p", "tsconfig.json"], {
  stdio: "inherit",
});

// What an earlier build made from a source that has since moved, or is gone, must not ship.
for (const folder of ["lib", "stacks", "bench", "examples"]) {
  for (const name of readdirSync(join("dist", folder), { recursive: true })) {
    const source = join(folder, name.replace(/(\.d\.ts|\.js)$/, ".ts"));
    if (!existsSync(source) && !existsSync(join(folder, name)))
      rmSync(join("dist", folder, name), { recursive: true, force: true });
  }
}

// Templates, scripts and emulator patches lie beside the code that uses them, in `dist` as in the sources.
for (const folder of ["lib", "stacks"]) {
  cpSync(folder, join("dist", folder), {
    recursive: true,
    filter: (source) => !/(\.tsx?|\.pyc|__pycache__)$/.test(source),
  });
}

const agent = "lib/agent/main.ts";
if (existsSync(agent)) {
  await build({
    entryPoints: [agent],
    outfile: "dist/agent/swarm-node.cjs",
    bundle: true,
    platform: "node",
    target: "node20",
    // The ES modules of the AWS SDK shake better: two thirds of the size and of the memory of its CommonJS build.
    mainFields: ["module", "main"],
    minify: true,
    keepNames: true,
    legalComments: "none",
    logLevel: "warning",
  });
}

chmodSync("dist/lib/cli/main.js", 0o755);
// So that `npx cdktf-swarm` works in a checkout as it does where the package is installed.
mkdirSync("node_modules/.bin", { recursive: true });
if (!existsSync("node_modules/.bin/cdktf-swarm"))
  symlinkSync("../../dist/lib/cli/main.js", "node_modules/.bin/cdktf-swarm");
