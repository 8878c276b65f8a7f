import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(__dirname, "..");
const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
});
const scripts = files
  .split("\0")
  .filter((file) => file !== "" && statSync(join(root, file), { throwIfNoEntry: false })?.isFile())
  .filter((file) => /^#!.*\b(ba|da)?sh\b/.test(readFileSync(join(root, file), "latin1").slice(0, 80)));

test("fails when shellcheck finds a fault in any script of the repository", () => {
  const { stdout, status } = spawnSync("shellcheck", ["--external-sources", ...scripts], {
    cwd: root,
    encoding: "utf8",
  });

  expect(scripts).toContain(".ci/run");
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

test("fails when a script goes on after an error", () => {
  const careless = scripts.filter((file) => !/^set -eu|^exec /m.test(readFileSync(join(root, file), "utf8")));

  expect(careless).toEqual([]);
});
