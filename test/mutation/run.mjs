// Mutants of constructs, configuration, the agent's decisions, operations and security: MUTATION_SAMPLE of them (500),
// drawn from MUTATION_SEED. Nine of ten must be killed by the unit tests, and `survivors.json` has to say of each other
// one why no test could tell it from the code.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judge } from "./judge.mjs";
import { draw, listMutants } from "./mutants.mjs";
import { tryMutants } from "./stryker.mjs";

const seed = process.env["MUTATION_SEED"] ?? "1";
const size = Number(process.env["MUTATION_SAMPLE"] ?? "500");
const started = Date.now();
const scratch = mkdtempSync(join(tmpdir(), "cdktf-swarm-mutation-"));

try {
  // The guard against deleting a member of the swarm is an expression of Terraform's, which Stryker does not see into.
  const guard = ["--project", "terraform", "test/terraform/scale-in-condition.test.ts"];
  const guarded = spawnSync("npx", ["--no", "--", "vitest", "run", ...guard], { stdio: "inherit" }).status === 0;

  const mutants = await listMutants();
  const drawn = draw(mutants, seed, size);
  const sample = `MUTATION_SEED=${seed} MUTATION_SAMPLE=${drawn.length}`;
  console.log(`${sample} of ${mutants.length} mutants`);
  const reasons = JSON.parse(readFileSync("test/mutation/survivors.json", "utf8"));
  const { lines, passed } = judge({ mutants, drawn, reasons, results: await tryMutants(drawn, scratch) });

  for (const line of lines) console.log(line);
  console.log(`${Math.round((Date.now() - started) / 1000)} s`);
  console.log(`${sample} ${guarded && passed ? "passed" : "failed"}`);
  process.exitCode = guarded && passed ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
