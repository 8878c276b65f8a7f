import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(__dirname, "..");
const textOf = (file: string) => readFileSync(join(root, file), "utf8");
const { scripts } = JSON.parse(textOf("package.json")) as { readonly scripts: Readonly<Record<string, string>> };

/** What a page names that looks like a path of this repository: in backquotes, or as the target of a link. */
function pathsIn(text: string): string[] {
  const linked = [...text.matchAll(/\]\(([^)#\s]+)\)/g)].map(([, target = ""]) => target);
  // In the table of parts, files are named without their folder; test/architecture.test.ts looks for them there.
  const quoted = [...text.replace(/^```.*?^```|^\| part .*?\n\n/gms, "").matchAll(/`([^`\s]+)`/g)].map(
    ([, word = ""]) => word,
  );
  const isPath = (word: string) => /^[\w.@-]+(\/[\w.@-]+)*\/?$/.test(word) && (/\//.test(word) || /\.\w+$/.test(word));
  return [...quoted.filter(isPath), ...linked.filter((target) => !target.includes("://"))];
}

/** Made by commands, and in no checkout. */
const MADE = /^(\.lab|\.lab-report|\.model|dist|node_modules|cdktf\.out)(\/|$)/;

describe.each(["ARCHITECTURE.md", "CONTRIBUTING.md"])("%s", (page) => {
  test("fails when it names a path that does not exist", () => {
    const paths = pathsIn(textOf(page)).filter((path) => !MADE.test(path));

    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test("fails when it names a script that does not exist", () => {
    const named = [...textOf(page).matchAll(/npm run (?:-s )?([a-z:]+)/g)].map(([, name = ""]) => name);

    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

test("fails when the picture of the agent's loop names a file or folder that lib/agent does not have", () => {
  const picture = /```mermaid\nflowchart LR\n(.*?)```/s.exec(textOf("ARCHITECTURE.md"))?.[1] ?? "";
  const named = [...picture.matchAll(/<br>([\w/-]+(?:\.ts|\/))"/g)].map(([, path = ""]) => path);

  expect(named).toHaveLength(6);
  expect(named.filter((path) => !existsSync(join(root, "lib/agent", path)))).toEqual([]);
});

test("fails when CONTRIBUTING.md leaves a tier of `npm test` out, or names one that is not there", () => {
  const tiers = [...textOf("test/run.mjs").matchAll(/^ {2}(\w+): \(\) =>/gm)].map(([, name]) => name);
  const rows = [...textOf("CONTRIBUTING.md").matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);

  expect(tiers.length).toBeGreaterThan(5);
  expect(rows).toEqual(tiers);
});

test("fails when the README does not lead to the pages about the code, or one of them is not there", () => {
  const pages = ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "lib/agent/PROTOCOL.md"];
  const readme = textOf("README.md");

  expect(pages.filter((page) => !existsSync(join(root, page)))).toEqual([]);
  expect(pages.filter((page) => !readme.includes(`(${page})`))).toEqual([]);
});
