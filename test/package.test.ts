import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(__dirname, "..");

interface Packed {
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

test("fails when the package holds a file twice, or one that only a build needs", () => {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const [packed] = JSON.parse(execFileSync("npm", args, { cwd: root, encoding: "utf8" })) as [Packed];
  const paths = packed.files.map(({ path }) => path);

  expect(paths).toContain("lib/agent/PROTOCOL.md");
  expect(paths.filter((path) => /tsbuildinfo|^dist\/(bench|test)\//.test(path))).toEqual([]);

  const sums = new Map<string, string[]>();
  for (const { path, size } of packed.files) {
    // What tsc makes of a file of types alone is the same for all of them.
    if (size < 200) continue;
    const sum = createHash("sha256")
      .update(readFileSync(join(root, path)))
      .digest("hex");
    sums.set(sum, [...(sums.get(sum) ?? []), path]);
  }
  expect([...sums.values()].filter((same) => same.length > 1)).toEqual([]);
});
