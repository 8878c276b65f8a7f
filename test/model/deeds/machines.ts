import type { Machine } from "../world/machine";
import type { World } from "../world/world";
import { type Deed, MINUTE, toMachine, toWorld } from "./deed";

const isDraining = ({ settings, terminating }: Machine) => settings.role === "worker" && !terminating;

/** Whether it is a node of a swarm that is more than one machine's. */
const isNode = ({ dockerState, swarmState }: Machine, { table }: World) =>
  dockerState === "active" && swarmState.nodeId !== undefined && table.cluster?.phase === "ready";

/** What happens to machines, their programs and their network. */
export const MACHINES = {
  "crash agent": toMachine((world, machine) => world.crashAgent(machine)),
  "crash dockerd": toMachine((world, machine, amount) => world.crashDocker(machine, 1_000 + amount * 30_000)),
  "pause dockerd": toMachine((world, machine, amount) => {
    world.hang(machine, true);
    world.schedule.in(2_000 + amount * 2 * MINUTE, () => world.hang(machine, false));
  }),
  "reboot host": toMachine((world, machine, amount) => world.reboot(machine, 5_000 + amount * 60_000, false)),
  "stop and start host": toMachine((world, machine, amount) => {
    world.reboot(machine, MINUTE + amount * 10 * MINUTE, true);
  }),
  "pause host": toMachine((world, machine) => world.pause(machine)),
  "resume host": toWorld((world) => {
    for (const machine of world.machines) world.resume(machine);
  }),
  /** Its status checks fail, though everything on it works. */
  "impair host": toMachine((_, machine) => {
    machine.impaired = true;
  }),
  "repair host": toWorld((world) => {
    for (const machine of world.machines) machine.impaired = false;
  }),
  /** A manager's dockerd does not start again, whatever is done. */
  "break dockerd": toMachine(
    (world, machine) => world.breakDocker(machine),
    ({ settings }) => settings.role === "manager",
  ),
  /** A disk is full for some minutes, which ends its dockerd's part in the swarm. */
  "fill disk": toMachine((world, machine, amount) => world.fillDisk(machine, amount * 4 * MINUTE, amount > 0.5)),
  /** Somebody deletes dockerd's swarm state. */
  "lose state": toMachine((world, machine) => world.exchangeState(machine, {}), isNode),
  /** Somebody moves it back to where it was. */
  "restore state": toMachine(
    (world, machine) => world.exchangeState(machine, machine.lost),
    ({ lost, settings }) => lost.nodeId !== undefined && settings.unlockKeySecret === undefined,
  ),
  /** It becomes a manager, and takes long to read what the others know. */
  "slow replay": toMachine(
    (_, machine, amount) => {
      machine.replayFor = amount * 7 * MINUTE;
    },
    ({ settings }) => settings.role === "manager",
  ),
  "clock jumps": toMachine((_, machine, amount) => {
    machine.wallSkew += (amount - 0.5) * 4 * 60 * MINUTE;
  }),
  "everything off": toWorld((world, amount) => {
    for (const machine of world.machines) if (!machine.isGone) world.reboot(machine, 5_000 + amount * 90_000, false);
  }),
  "cut off": toMachine((_, machine) => {
    machine.isolated = true;
  }),
  "cut a pair off": ({ world }, target, amount) => {
    const machines = world.machines.filter(({ isGone }) => !isGone);
    const [one, other] = [target, Math.floor(amount * 10)].map((index) => machines[index % machines.length]);
    if (one === undefined || other === undefined || one === other) return false;
    world.cut(one, other);
    return true;
  },
  "cut a zone off": toMachine((world, { self }) => {
    for (const machine of world.machines) {
      if (machine.self.availabilityZone === self.availabilityZone) machine.isolated = true;
    }
  }),
  "cut off from AWS": toMachine((_, machine) => {
    machine.offline = true;
  }),
  "heal network": toWorld((world) => {
    world.cuts.clear();
    for (const machine of world.machines) {
      machine.isolated = false;
      machine.offline = false;
    }
  }),
  "fail join": toMachine((_, machine) => {
    machine.joinFails = true;
  }),
  "slow request": toMachine((_, machine, amount) => {
    machine.slowNext = 3_000 + amount * 12_000;
  }),
  /** Auto Scaling takes a worker away: it may drain until its hook is completed, or times out. */
  "drain worker": toMachine((world, machine) => {
    machine.terminating = true;
    machine.hooks.add("terminate");
    world.schedule.in(5 * MINUTE, () => world.terminate(machine));
  }, isDraining),
  /** EC2 takes a worker away in two minutes, and no hook holds it. */
  "spot notice": toMachine((world, machine) => {
    machine.terminating = true;
    world.schedule.in(2 * MINUTE, () => world.terminate(machine));
  }, isDraining),
} satisfies Record<string, Deed>;
