/** Something that happens at a moment of simulated time. */
interface Appointment {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** Simulated time: what is to happen, earliest first; what is due at the same moment keeps its order. */
export class Schedule {
  private readonly heap: Appointment[] = [];
  private order = 0;
  private time = 1_000_000;

  public get now(): number {
    return this.time;
  }

  public in(milliseconds: number, happen: () => void): void {
    const { heap } = this;
    heap.push({ at: this.time + Math.max(0, milliseconds), order: this.order++, happen });
    for (let at = heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.swapIfLater(parent, at)) break;
      at = parent;
    }
  }

  /** Goes to the next appointment up to `limit` and keeps it; false when there is none, with time at the limit. */
  public step(limit: number): boolean {
    const { heap } = this;
    const [next] = heap;
    if (next === undefined || next.at > limit) {
      this.time = Math.max(this.time, limit);
      return false;
    }
    const last = heap.pop();
    if (heap.length > 0 && last !== undefined) {
      heap[0] = last;
      this.sink();
    }
    this.time = Math.max(this.time, next.at);
    next.happen();
    return true;
  }

  private sink(): void {
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const child = this.isLater(left, left + 1) ? left + 1 : left;
      if (!this.swapIfLater(at, child)) return;
      at = child;
    }
  }

  private isLater(one: number, other: number): boolean {
    const [a, b] = [this.heap[one], this.heap[other]];
    return a !== undefined && b !== undefined && (a.at > b.at || (a.at === b.at && a.order > b.order));
  }

  private swapIfLater(one: number, other: number): boolean {
    const [a, b] = [this.heap[one], this.heap[other]];
    if (a === undefined || b === undefined || !this.isLater(one, other)) return false;
    this.heap[one] = b;
    this.heap[other] = a;
    return true;
  }
}

/** Numbers of at least 0 and below 1, the same ones for the same seed (mulberry32). */
export class Chance {
  public constructor(private seed: number) {}

  public readonly next = (): number => {
    this.seed = (this.seed + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.seed ^ (this.seed >>> 15), this.seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  public between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  public happens(probability: number): boolean {
    return this.next() < probability;
  }
}
