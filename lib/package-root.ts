import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** Folder of this package, from the sources as well as from what is built of them; without links. */
export function packageRoot(): string {
  let folder = realpathSync(__dirname);
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
