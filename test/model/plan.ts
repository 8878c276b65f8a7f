import fc from "fast-check";
import { ENDINGS } from "./deeds/aws";
import { COMMANDS, type CommandName } from "./deeds/deeds";

export interface Command {
  readonly name: CommandName;
  /** Which machine, counted round. */
  readonly target: number;
  /** How much of it, between nothing and 1. */
  readonly amount: number;
}

/** One run: a world, what is done to it, and whether its swarm is formed before that. */
export interface Plan {
  readonly seed: number;
  readonly slots: 1 | 3 | 5;
  readonly workers: number;
  readonly formed: boolean;
  readonly commands: readonly Command[];
}

/** Commands of a random run. */
export const RUN_LENGTH = 100;

/** How often each command comes, where not once: most steps are an effect of an agent, and what is broken is mended. */
const WEIGHTS: Partial<Record<CommandName, number>> = {
  tick: 90,
  moment: 20,
  minute: 2,
  hour: 0.05,
  "crash agent": 4,
  "crash dockerd": 2,
  "pause dockerd": 1.5,
  "reboot host": 2,
  "stop and start host": 1.5,
  "resume host": 3,
  "pause host": 1.5,
  "everything off": 0.5,
  "cut a zone off": 0.5,
  "heal network": 4,
  "terminate instance": 1.5,
  "replace dead instance": 4,
  "EC2 well": 4,
  "EC2 error": 0.7,
  "EC2 empty": 0.7,
  "registry up": 3,
  "rotate token": 0.7,
  "registry restored": 0.7,
  "promote by hand": 0.3,
  "demote by hand": 0.3,
  lock: 0.3,
  "launch from image": 0.5,
  "use image for managers": 0.3,
  "replace slot": 0.7,
  "scale out": 0.7,
  "scale in": 1.5,
  recover: 5,
  "break dockerd": 0.5,
  "impair host": 0.7,
  "fill disk": 0.7,
  "lose state": 0.4,
  "restore state": 0.3,
  "leave by hand": 0.4,
  "remove by hand": 0.5,
  "slow replay": 1,
};

const command = (names: readonly CommandName[], weights: typeof WEIGHTS = WEIGHTS): fc.Arbitrary<Command> =>
  fc.record({
    name: fc.oneof(
      ...names.map((name) => ({ weight: Math.round((weights[name] ?? 1) * 10), arbitrary: fc.constant(name) })),
    ),
    target: fc.nat(9),
    amount: fc.nat(1_000).map((thousandths) => thousandths / 1_000),
  });

const usual = (length: number) =>
  fc.array(command(COMMANDS.filter((name) => !(name in ENDINGS))), {
    minLength: length,
    maxLength: length,
    size: "max",
  });
const ENDING = 5;
const ending = fc
  .tuple(
    command(Object.keys(ENDINGS) as CommandName[], {}),
    fc.array(
      command(["minute", "moment", "tick", "terminate instance", "replace dead instance", "launch worker"], {}),
      {
        minLength: ENDING - 1,
        maxLength: ENDING - 1,
      },
    ),
  )
  .map(([one, others]) => [one, ...others]);

/** Plans of some commands only, for what needs many of them to happen. */
export const plansOf = (names: readonly CommandName[]): fc.Arbitrary<Plan> =>
  fc.record({
    seed: fc.nat(0xffff_ffff),
    slots: fc.constantFrom(3 as const, 5 as const, 1 as const),
    workers: fc.nat(2),
    formed: fc.boolean(),
    commands: fc.array(command(names, {}), { minLength: 5, maxLength: 30, size: "max" }),
  });

/** Plans of all kinds; one in eight ends with what no swarm comes back from. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(0xffff_ffff),
  slots: fc.constantFrom(3 as const, 3 as const, 5 as const, 1 as const),
  workers: fc.nat(3),
  formed: fc.boolean(),
  commands: fc.oneof(
    { weight: 7, arbitrary: usual(RUN_LENGTH) },
    {
      weight: 1,
      arbitrary: fc.tuple(usual(RUN_LENGTH - ENDING), ending).map(([one, other]) => [...one, ...other]),
    },
  ),
});
