import fc from "fast-check";

/** What may be done to a world between two steps of its agents. */
export const COMMANDS = [
  "step",
  "moment",
  "minute",
  "hour",
  "crash agent",
  "crash dockerd",
  "reboot host",
  "stop and start host",
  "pause host",
  "resume host",
  "terminate instance",
  "replace slot",
  "launch worker",
  "drain worker",
  "cut off",
  "heal network",
  "EC2 error",
  "EC2 empty",
  "EC2 partial",
  "EC2 well",
  "EC2 late",
  "registry down",
  "registry up",
  "registry saved",
  "registry restored",
  "registry emptied",
  "record seeded anew",
  "rotate token",
  "promote by hand",
  "demote by hand",
  "fail join",
  "slow request",
  "everything off",
  "destroy",
] as const;

export type CommandName = (typeof COMMANDS)[number];

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

/** How often each command comes, where not once: time must pass, and some faults end all that could follow. */
const WEIGHTS: Partial<Record<CommandName, number>> = {
  step: 40,
  moment: 40,
  minute: 20,
  "crash agent": 6,
  "terminate instance": 4,
  "replace slot": 10,
  "resume host": 6,
  "pause host": 3,
  "heal network": 3,
  "cut off": 2,
  "EC2 well": 4,
  "registry up": 5,
  "registry down": 2,
  "crash dockerd": 4,
  "reboot host": 4,
  "stop and start host": 3,
  "rotate token": 2,
  "registry saved": 3,
  "registry restored": 4,
  "launch worker": 2,
  "drain worker": 2,
};

/** Commands after which nothing has to converge: rare, or every run would end with them. */
const ENDINGS: readonly CommandName[] = ["registry emptied", "record seeded anew", "destroy"];

const command = (names: readonly CommandName[], weights: typeof WEIGHTS = WEIGHTS): fc.Arbitrary<Command> =>
  fc.record({
    name: fc.oneof(...names.map((name) => ({ weight: weights[name] ?? 1, arbitrary: fc.constant(name) }))),
    target: fc.nat(9),
    amount: fc.double({ min: 0, max: 1, noNaN: true }),
  });

const usual = fc.array(command(COMMANDS.filter((name) => !ENDINGS.includes(name))), {
  minLength: 5,
  maxLength: 60,
  size: "max",
});
const ending = fc.array(command([...ENDINGS, "minute", "replace slot", "launch worker"]), {
  minLength: 2,
  maxLength: 4,
});

/** Plans of some commands only, for what needs many of them to happen. */
export const plansOf = (names: readonly CommandName[]): fc.Arbitrary<Plan> =>
  fc.record({
    seed: fc.nat(0xffff_ffff),
    slots: fc.constantFrom(3 as const, 5 as const, 1 as const),
    workers: fc.nat(2),
    formed: fc.boolean(),
    commands: fc.array(command(names, {}), { minLength: 5, maxLength: 30, size: "max" }),
  });

/** Plans of all kinds; one in three ends with what no swarm comes back from. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(0xffff_ffff),
  slots: fc.constantFrom(3 as const, 3 as const, 5 as const, 1 as const),
  workers: fc.nat(3),
  formed: fc.boolean(),
  commands: fc.oneof(
    { weight: 2, arbitrary: usual },
    { weight: 1, arbitrary: fc.tuple(usual, ending).map(([one, other]) => [...one, ...other]) },
  ),
});
