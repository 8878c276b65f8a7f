import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(__dirname, "../..");
const RULE = /(?<![\w.#-])(?:[FP]\d+|V\d+|L1)(?![\w.-])/g;

/** Numbers of facts, rules and invariants that the protocol explains. */
const explained = [
  ...readFileSync(join(root, "lib/agent/PROTOCOL.md"), "utf8").matchAll(/^(?:- |\| )\*\*([FPVL]\d+)\*\*/gm),
].map(([, number]) => number ?? "");

/** Numbers that code names, with the files that do. */
function named(...folders: string[]): ReadonlyMap<string, string> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|py|sh)$/.test(name))
      .map((name) => join(folder, name)),
  );
  return new Map(
    files.flatMap((file) => (readFileSync(join(root, file), "utf8").match(RULE) ?? []).map((number) => [number, file])),
  );
}

test("fails when code names a rule or an invariant that the protocol does not have", () => {
  const numbers = named("lib/agent", "lib/registry", "test/agent", "test/model", "test/lab/faults");

  expect(numbers.size).toBeGreaterThan(20);
  expect([...numbers].filter(([number]) => !explained.includes(number))).toEqual([]);
});

test("fails when the protocol has a rule that no line of the agent goes by, or an invariant that nothing judges", () => {
  const code = named("lib/agent", "lib/nodes", "lib/security", "lib/operations", "lib/registry");
  const judges = named("test/model");

  const rules = explained.filter((number) => number.startsWith("P"));
  const invariants = explained.filter((number) => /^[VL]/.test(number));
  expect(rules.filter((number) => !code.has(number))).toEqual([]);
  expect(invariants.filter((number) => !judges.has(number))).toEqual([]);
});

test("fails when a number is given twice", () => {
  expect(explained).toEqual([...new Set(explained)]);
  expect(explained).toHaveLength(9 + 20 + 13);
});
