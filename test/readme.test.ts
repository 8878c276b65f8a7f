import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXIT } from "../lib/cli/exit-codes";
import { parseEnvironment } from "../lib/config";

const root = resolve(__dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, code]) => code ?? "");

let scratch: string;
beforeAll(() => {
  // Inside the project, so that its node_modules are found; git ignores `*.log` and this folder goes away.
  scratch = mkdtempSync(join(root, "test", ".readme-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("fails when a TypeScript block of the README does not compile", () => {
  const files = blocks("ts").map((code, index) => {
    const file = join(scratch, `block-${index}.ts`);
    writeFileSync(file, code);
    return file;
  });
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.Node20,
    types: ["node"],
    paths: { "cdktf-swarm": [join(root, "lib/index.ts")] },
  };

  const faults = ts.getPreEmitDiagnostics(ts.createProgram(files, options));

  expect(files.length).toBeGreaterThan(0);
  expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
}, 60_000);

test("fails when an environment file in the README is not valid", () => {
  const files = blocks("yaml");

  expect(files.length).toBeGreaterThan(0);
  for (const text of files) expect(() => parseEnvironment(text, "staging.yaml")).not.toThrow();
});

test("fails when a script the README names does not exist", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name ?? "");

  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test("fails when the README's table of exit codes lacks one", () => {
  const table = readme.slice(readme.indexOf("## Exit codes"), readme.indexOf("## When something fails"));
  const told = [...table.matchAll(/^\| ([\d, ]+?) +\|/gm)].flatMap(([, codes = ""]) => codes.split(", ").map(Number));

  expect(told.sort()).toEqual(Object.values(EXIT).sort());
});
