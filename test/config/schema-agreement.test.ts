import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { environmentJsonSchema, parseEnvironment } from "../../lib/config";
import { ConfigError, formatFault } from "../../lib/errors";
import { motoPython } from "../../lib/lab/emulator/moto";
import { arbitraryEnvironment } from "../support/arbitrary-environment";
import { fuzz } from "../support/fuzz";
import { mutated, mutation } from "../support/mutations";
import { edgeDocuments } from "./schema-edges";

/** Faults that JSON Schema has no words for: they compare values with each other, or with what is not in the file. */
const INEXPRESSIBLE = [
  /^\S+ environment: must be the name of the file/,
  /^\S+ network\.cidr: must have an address for every node/,
  /: must not overlap (the VPC|swarm\.addressPool)/,
  /: must leave room for more than one network/,
  /^\S+ storage\.rexray\.pools\[\d+\]: must be the name of a worker pool of this file/,
  /^\S+ workers\[\d+\]\.name: must be unique among the pools/,
  /^\S+ workers\[\d+\]\.(min|desired): must be at (most|least) m/,
  /^\S+ access\[\d+\]\.toPort: must not (be below port|open)/,
  /^\S+ access\[\d+\]\.port: must not open port \d+, which is for overlay traffic/,
  /: must be opened once for the same nodes and ports/,
  /^\S+ workers\[\d+\]\.labels: must fit into a node's user data/,
];

/** In tags, what is no letter, space or digit beyond ASCII. */
const TAG = /^\S+ tags\S*?: must be (1 to 128|a text of at most 256) letters/;

function faultsOf(data: unknown): string[] {
  const name = (data as { environment?: unknown } | null)?.environment;
  try {
    parseEnvironment(stringify(data), `${typeof name === "string" ? name.replaceAll("/", "") : "x"}.yaml`);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((fault) => formatFault(fault).replace(/^.*?:(?=\d+:\d+)/, ""));
  }
}

/** Only what the schema cannot know is wrong. */
function isExcused(fault: string): boolean {
  return INEXPRESSIBLE.some((pattern) => pattern.test(fault)) || (TAG.test(fault) && /[^\x20-\x7e]/.test(fault));
}

async function verdicts(documents: readonly unknown[]): Promise<string[]> {
  const input = [environmentJsonSchema(), ...documents].map((each) => JSON.stringify(each)).join("\n");
  const { stdout, stderr, status } = spawnSync(await motoPython(), [join(__dirname, "schema_verdicts.py")], {
    input,
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout.trimEnd().split("\n");
}

/** Where the two verdicts on a document differ, and the schema is not excused. */
async function disagreements(documents: readonly unknown[]) {
  const judged = await verdicts(documents);
  const compared = documents.map((data, index) => ({ data, schema: judged[index] ?? "", faults: faultsOf(data) }));
  const refused = compared.filter(({ faults }) => faults.length > 0).length;
  const told = compared.flatMap(({ data, schema, faults }) => {
    const unexcused = faults.filter((fault) => !isExcused(fault));
    if (schema === "1" ? unexcused.length === 0 : faults.length > 0) return [];
    return [{ schema, faults: unexcused, data: JSON.stringify(data) }];
  });
  return { told, refusedShare: refused / documents.length };
}

describe("the JSON Schema, asked of Python's jsonschema, takes what the loader takes and refuses what it refuses", () => {
  it(
    "at both sides of every limit",
    async () => {
      const { told, refusedShare } = await disagreements(edgeDocuments());
      expect(told).toEqual([]);
      // Both verdicts come often enough to mean something.
      expect(refusedShare).toBeGreaterThan(0.2);
      expect(refusedShare).toBeLessThan(0.9);
    },
    fuzz.timeout,
  );

  it(
    `in environments with up to three changes (FUZZ_SEED=${fuzz.seed})`,
    async () => {
      const arbitrary = fc.tuple(arbitraryEnvironment, fc.array(mutation, { maxLength: 3 }));
      const documents = fc
        .sample(arbitrary, { numRuns: fuzz.schemas, seed: fuzz.seed })
        .map(([config, mutations]): unknown => JSON.parse(JSON.stringify(mutated(config, mutations))));
      expect((await disagreements(documents)).told).toEqual([]);
    },
    fuzz.timeout,
  );
});
