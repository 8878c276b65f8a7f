import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SwarmCluster } from "../../lib/cluster";
import { MachineImage } from "../../lib/nodes";
import { synth } from "../support/synth";

/** Slots that a deploy leaves, slots whose managers are in the swarm, and those of them that are in the way. */
const CASES = [
  [1, [], []],
  [1, [0], []],
  [1, [0, 1], [1]],
  [3, [0, 1, 2], []],
  [3, [0, 1, 2, 3], [3]],
  [3, [4, 0, 3, 1, 2], [4, 3]],
  [3, [0, 1, 2, 4], [4]],
  [5, [0, 1, 2, 3, 4], []],
  [5, [0, 1, 2, 3, 4, 5], [5]],
  [7, [0, 1, 2, 3, 4, 5, 6], []],
] as const;

/** What else could stand in the condition by mistake, each to be told from it by one of the cases. */
const MUTANTS = [
  [">= SLOTS", "> SLOTS"],
  [">= SLOTS", "== SLOTS"],
  [">= SLOTS", "<= SLOTS"],
  [">= SLOTS", ">= SLOTS - 1"],
  [">= SLOTS", ">= SLOTS + 1"],
  ["== 0", ">= 0"],
  ["== 0", "<= 1"],
  ["== 0", "!= 0"],
] as const;

interface Check {
  readonly condition: string;
  readonly error_message: string;
}

const folder = mkdtempSync(join(tmpdir(), "scale-in-condition-"));
let judged: Record<string, { value: { allowed: boolean; message: string; mutants: boolean[] } }>;

/** Terraform evaluates every case at once; no provider has a part in it. */
beforeAll(() => {
  const outputs = CASES.map(([slots, members], index) => {
    const record = { managers: { L: members.map((slot) => ({ M: { slot: { N: String(slot) } } })) } };
    const { condition, error_message } = inPlaceOfTheRecord(checkOf(slots), `var.record${index}`);
    return {
      variable: [`record${index}`, { default: JSON.stringify(record) }],
      output: [
        `case${index}`,
        {
          value: {
            allowed: condition,
            message: error_message,
            mutants: MUTANTS.map(([from, to]) => mutated(condition, from, to, slots)),
          },
        },
      ],
    };
  });
  const document = {
    variable: Object.fromEntries(outputs.map(({ variable }) => variable)),
    output: Object.fromEntries(outputs.map(({ output }) => output)),
  };
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify(document));
  terraform("apply", "-input=false", "-auto-approve");
  judged = JSON.parse(terraform("output", "-json"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(CASES.map((each, index) => [...each, index] as const))(
  "fails when %i slots, with members in %j, are not stopped for %j and nothing else",
  (_, __, leaving, index) => {
    const { allowed, message } = verdictOn(index);

    expect(allowed).toBe(leaving.length === 0);
    expect(
      [...message.matchAll(/managers retire --cluster apps --region eu-west-1 (\d+)/g)].map(([, slot]) => Number(slot)),
    ).toEqual(leaving);
  },
);

test.each(MUTANTS.map((each, index) => [...each, index] as const))(
  "fails when no case tells '%s' from '%s' in the condition",
  (_, __, mutant) => {
    const told = CASES.filter(([, , leaving], index) => verdictOn(index).mutants[mutant] !== (leaving.length === 0));

    expect(told).not.toEqual([]);
  },
);

function verdictOn(index: number) {
  const verdict = judged[`case${index}`]?.value;
  if (verdict === undefined) throw new Error(`Terraform judged no case ${index}`);
  return verdict;
}

/** The condition with one part exchanged, in which `SLOTS` is how many slots the deploy leaves. */
function mutated(condition: string, from: string, to: string, slots: number): string {
  const count = String(slots);
  return condition.replace(from.replace("SLOTS", count), to.replace("SLOTS", count));
}

/** The check of a cluster as it is synthesized. */
function checkOf(count: 1 | 3 | 5 | 7): Check {
  const stack = synth((scope) => {
    new SwarmCluster(scope, "Swarm", {
      clusterName: "apps",
      region: "eu-west-1",
      network: { cidr: "10.20.0.0/16", availabilityZones: ["eu-west-1a"] },
      image: MachineImage.fromId("ami-0123456789abcdef0"),
      managers: { count },
    });
  });
  const checks = stack
    .resources("terraform_data")
    .flatMap(({ properties }) => (properties.lifecycle as { precondition?: Check[] } | undefined)?.precondition ?? []);
  const [check] = checks;
  if (check === undefined || checks.length > 1) throw new Error(`expected one precondition, found ${checks.length}`);
  return check;
}

function inPlaceOfTheRecord({ condition, error_message }: Check, expression: string): Check {
  const replaced = (text: string) => {
    const result = text.replaceAll(/data\.aws_dynamodb_table_item\.[\w-]+\.item/g, expression);
    if (result === text) throw new Error(`the record is not asked in ${text}`);
    return result;
  };
  return { condition: replaced(condition), error_message: replaced(error_message) };
}

function terraform(...args: readonly string[]): string {
  return execFileSync("terraform", args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, CHECKPOINT_DISABLE: "1" },
  });
}
