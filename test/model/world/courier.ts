import type { Answer } from "./dockerd";
import type { Incarnation, Machine } from "./machine";
import type { World } from "./world";

/** A request's way: on the machine itself it waits while that is paused; elsewhere it arrives anyway. */
export interface Path {
  readonly to: "disk" | "dockerd" | "AWS";
  readonly latency: readonly [number, number];
}

/** What strikes a machine at one of its effects. */
export interface Strike {
  readonly machine: string;
  readonly effect: number;
  readonly moment: "before" | "after";
  readonly fault: (world: World, machine: Machine) => void;
}

/** For how long an agent waits for a dockerd that is stopped in its tracks. */
const DOCKER_PATIENCE = 8_000;

/** Carries what agents ask and tell them what came of it: late, in an order that chance decides, or never. */
export class Courier {
  /** Effects that arrived, and requests in all. */
  public effects = 0;
  public requests = 0;
  public strike: Strike | undefined;
  private readonly effectsOf = new Map<Machine, number>();

  public constructor(private readonly world: World) {}

  /** A request that changes nothing. */
  public request<T>(machine: Machine, incarnation: Incarnation, path: Path, apply: () => T): Promise<T> {
    return this.send(machine, incarnation, path, (answer) => answer({ value: apply() }));
  }

  /** An effect: where faults strike. */
  public effect<T>(
    machine: Machine,
    incarnation: Incarnation,
    path: Path,
    apply: (answer: Answer<T>) => void,
  ): Promise<T> {
    const isLocal = path.to !== "AWS";
    const late = isLocal ? 0 : machine.slowNext;
    if (!isLocal) machine.slowNext = 0;
    const [least, most] = path.latency;
    const way: Path = { ...path, latency: [least + late, most + late] };
    return this.send(machine, incarnation, way, (answer) => {
      const number = this.effectsOf.get(machine) ?? 0;
      this.effectsOf.set(machine, number + 1);
      this.effects++;
      const { strike } = this;
      const isStruck = strike?.machine === machine.name && strike.effect === number;
      if (isStruck) this.strike = undefined;
      if (isStruck && strike.moment === "before") {
        strike.fault(this.world, machine);
        // Who still waits is answered, as soon as the machine is able to.
        if (isLocal && machine.paused) machine.deferred.push(() => attempt(apply, answer));
        else if (incarnation.alive) attempt(apply, answer);
      } else {
        attempt(apply, answer);
        if (isStruck) strike.fault(this.world, machine);
      }
      this.world.judge.look();
    });
  }

  public effectsBy(name: string): number {
    return [...this.effectsOf].filter(([{ name: each }]) => each === name).reduce((sum, [, count]) => sum + count, 0);
  }

  public sleep(machine: Machine, incarnation: Incarnation, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.world.schedule.in(milliseconds, () => this.deliver(machine, incarnation, resolve));
    });
  }

  private send<T>(
    machine: Machine,
    incarnation: Incarnation,
    { to, latency }: Path,
    apply: (answer: Answer<T>) => void,
  ): Promise<T> {
    const { schedule, chance } = this.world;
    return new Promise((resolve, reject) => {
      const answer: Answer<T> = (outcome) => {
        const tell = () => ("value" in outcome ? resolve(outcome.value) : reject(outcome.error));
        const isSlow = to === "AWS" && chance.happens(0.01);
        if (!isSlow) return this.deliver(machine, incarnation, tell);
        schedule.in(chance.between(1_000, 15_000), () => this.deliver(machine, incarnation, tell));
      };
      const arrive = () => {
        // What was on its way when the agent ended may arrive, or not.
        if (!incarnation.alive && (to !== "AWS" || chance.happens(0.5))) return;
        if (to !== "AWS" && machine.paused) {
          machine.deferred.push(arrive);
          return;
        }
        if (to === "dockerd" && machine.hung && machine.isUp) {
          this.wait(machine, () => attempt(apply, answer), answer);
          return;
        }
        this.requests++;
        attempt(apply, answer);
      };
      schedule.in(chance.between(...latency), arrive);
    });
  }

  /** A dockerd stopped in its tracks takes the request, and may do it when it goes on, long after it was given up. */
  private wait<T>(machine: Machine, carryOut: () => void, answer: Answer<T>): void {
    const { schedule, chance } = this.world;
    let given = false;
    const wasMeant = chance.happens(0.5);
    machine.unanswered.push(() => {
      if (given && !wasMeant) return;
      given = true;
      carryOut();
    });
    schedule.in(DOCKER_PATIENCE, () => {
      if (given) return;
      given = true;
      answer({ error: new Error(`dockerd did not answer within ${DOCKER_PATIENCE / 1_000} s`) });
    });
  }

  private deliver(machine: Machine, incarnation: Incarnation, tell: () => void): void {
    if (!incarnation.alive) return;
    if (machine.paused) machine.deferred.push(() => this.deliver(machine, incarnation, tell));
    else tell();
  }
}

function attempt<T>(apply: (answer: Answer<T>) => void, answer: Answer<T>): void {
  try {
    apply(answer);
  } catch (error) {
    answer({ error: error instanceof Error ? error : new Error(String(error)) });
  }
}
