import { type Deed, MINUTE, type Run } from "./deeds/deed";
import type { CommandName } from "./deeds/deeds";
import { DEEDS } from "./deeds/deeds";
import { becomesWhole, endFaults, isWhole, reasonFor } from "./end";
import type { Plan } from "./plan";
import { type Mutation, World } from "./world/world";

/** What a run came to. */
export interface Verdict {
  readonly violations: readonly string[];
  /** Commands that were done. */
  readonly steps: number;
  /** Requests of agents, and those of them that change something: after each of these the invariants are looked at. */
  readonly requests: number;
  readonly effects: number;
  /** How often each command found something it could be done to. */
  readonly commands: Readonly<Partial<Record<CommandName, number>>>;
  /** Whether the swarm became whole in the end, or why it cannot. */
  readonly end: string;
  readonly world: World;
}

/** Time for a swarm to become whole once faults end: an instance EC2 has forgotten is known for an hour first (P7). */
const PATIENCE = 75 * MINUTE;

/** Minutes for which a reason must be there. */
const LASTING = 4;

/** Runs a plan: the commands one after another, then the end of all faults, and what must come of it (L1). */
export async function execute(plan: Plan, mutation?: Mutation, tracing = false): Promise<Verdict> {
  const world = new World(plan.seed, plan.slots, mutation);
  world.tracing = tracing;
  for (let slot = 0; slot < plan.slots; slot++) world.launchManager(slot);
  for (let worker = 0; worker < plan.workers; worker++) world.launchWorker();
  const run: Run = { world, plan, partialSince: 0 };
  if (plan.formed) {
    await world.advance(5 * MINUTE, becomesWhole(world));
    await world.advance(5_000);
  }
  const commands: Partial<Record<CommandName, number>> = {};
  let steps = 0;
  const { violations } = world.judge;
  for (const { name, target, amount } of plan.commands) {
    if (violations.length > 0) break;
    // P7 takes an instance for dead that EC2 did not list three times, a minute apart: no answer is partial so long.
    if (world.cloud.mode === "partial" && world.schedule.now - run.partialSince > MINUTE) world.cloud.mode = "well";
    const deed: Deed = DEEDS[name];
    world.trace(`plan: ${name}, target ${target}, amount ${amount}`);
    if (await deed(run, target, amount)) commands[name] = (commands[name] ?? 0) + 1;
    steps++;
    world.judge.look();
  }
  const end = violations.length > 0 ? "violated" : await finish(run);
  const { effects, requests } = world.courier;
  return { violations, steps, requests, effects, commands, end, world };
}

/** Ends all faults, and waits for the swarm to be whole or for a reason why it never will be. */
async function finish({ world }: Run): Promise<string> {
  const { violations } = world.judge;
  // Who was off comes back in the course of it, and may need an operator then.
  let lasting = 0;
  for (let minute = 0; minute < PATIENCE / MINUTE; minute++) {
    endFaults(world);
    await world.advance(MINUTE, minute === 0 ? undefined : becomesWhole(world));
    if (violations.length > 0) return "violated";
    if (minute > 0 && isWhole(world)) return "whole";
    // A reason must last: what is on its way is none.
    lasting =
      reasonFor(world) === undefined || world.machines.some(({ instance }) => instance === "stopped") ? 0 : lasting + 1;
    if (lasting === LASTING) break;
  }
  const reason = reasonFor(world);
  if (reason === undefined) violations.push(`L1 not whole ${PATIENCE / MINUTE} minutes after the faults`);
  return reason ?? "violated";
}
