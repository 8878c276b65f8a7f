import type { Clock } from "../../../lib/agent/ports";

/** Time that passes only when told to, the same for the whole simulated world. */
export class SimulatedClock {
  private time = 1_000_000;
  private sequence = 0;
  private timers: { readonly at: number; readonly order: number; readonly ring: () => void }[] = [];

  public get now(): number {
    return this.time;
  }

  public sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.timers.push({ at: this.time + Math.max(0, milliseconds), order: this.sequence++, ring: resolve });
      this.timers.sort((one, other) => one.at - other.at || one.order - other.order);
    });
  }

  /** Goes to the next moment at which something happens, but no further than `limit`; says whether there was one. */
  public async step(limit: number): Promise<boolean> {
    const next = this.timers[0];
    if (next === undefined || next.at > limit) {
      this.time = limit;
      return false;
    }
    this.timers.shift();
    this.time = Math.max(this.time, next.at);
    next.ring();
    await settle();
    return true;
  }

  /** The clock as one node has it; each starts at a moment of its own. */
  public of(offset: number): Clock {
    return {
      now: () => this.time - offset,
      wallTime: () => 1_700_000_000_000 + this.time,
      sleep: (milliseconds) => this.sleep(milliseconds),
    };
  }
}

/** Lets everything that can go on without time go on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
