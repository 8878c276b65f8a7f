import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { OperationError } from "../errors";

/** cdktf-cli as the project has it: `npx cdktf` without npm's second of start-up. */
export function cdktfProgram(projectDirectory: string): string {
  try {
    const manifest = createRequire(join(projectDirectory, "package.json")).resolve("cdktf-cli/package.json");
    const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly bin: { readonly cdktf: string } };
    return join(dirname(manifest), bin.cdktf);
  } catch (error) {
    throw new OperationError("DeployFailed", `cdktf-cli is not installed in ${projectDirectory}; run npm ci there`, {
      cause: error,
    });
  }
}
