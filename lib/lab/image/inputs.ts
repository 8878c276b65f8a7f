import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Where the parts of a host's image lie in this package. */
export interface ImageFiles {
  /** Scripts and files of the node image (`packer/`). */
  readonly packer: string;
  /** What the lab adds to it. */
  readonly lab: string;
}

/** Debian package names in a list: one a line, `#` begins a comment. */
export function parsePackageList(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** Every package a host has beside the minimal system: what the scripts ask for, and what the lab adds. */
export function hostPackages(files: ImageFiles): string[] {
  const lists = [
    ...["base", "docker-distribution", "storage"].map((name) => join(files.packer, "files/build/packages", name)),
    join(files.lab, "packages.txt"),
  ];
  return [...new Set(lists.flatMap((list) => parsePackageList(readFileSync(list, "utf8"))))].sort();
}

/** Identifies a root file system by all that goes into it: any changed script or file makes another one. */
export function rootfsKey(files: ImageFiles, architecture: string): string {
  const hash = createHash("sha256").update(`${architecture}\n`);
  for (const folder of [join(files.packer, "files"), join(files.packer, "scripts"), files.lab]) {
    for (const file of filesBelow(folder)) {
      const content = readFileSync(file);
      hash.update(`${relative(folder, file)}\n${content.length}\n`).update(content);
    }
  }
  return hash.digest("hex").slice(0, 12);
}

/** Identifies a file by its content. */
export function fileKey(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 12);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
