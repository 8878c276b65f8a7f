import type { Clock } from "../../../lib/agent/ports";
import { Schedule } from "./schedule";

/** Time that passes only when told to, the same for the whole simulated world. */
export class SimulatedClock {
  private readonly schedule = new Schedule();

  public get now(): number {
    return this.schedule.now;
  }

  public sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.schedule.in(milliseconds, resolve));
  }

  /** Goes to the next moment at which something happens, but no further than `limit`; says whether there was one. */
  public async step(limit: number): Promise<boolean> {
    const moved = this.schedule.step(limit);
    if (moved) await settle();
    return moved;
  }

  /** The clock as one node has it; each starts at a moment of its own. */
  public of(offset: number): Clock {
    return {
      now: () => this.now - offset,
      wallTime: () => 1_700_000_000_000 + this.now,
      sleep: (milliseconds) => this.sleep(milliseconds),
    };
  }
}

/** Lets everything that can go on without time go on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
