import { Chance } from "../../support/simulation/schedule";

/** How an instance ends, counted from the request. */
export interface Shutdown {
  /** When its programs stop: until then they run as ever. */
  readonly off: number;
  /** When EC2 calls it terminated. */
  readonly terminated: number;
}

/**
 * How long AWS takes, in milliseconds: between what was seen at its quickest, and the orders of magnitude of a busy
 * region. From a sequence of its own, so that what is drawn here moves nothing else of a run.
 */
export class Times {
  private readonly chance: Chance;

  public constructor(seed: number) {
    this.chance = new Chance((seed ^ 0x5eed) >>> 0);
  }

  /** One in two goes at once, as one whose plug is pulled; the others stop their programs first. */
  public shutdown(): Shutdown {
    const off = this.chance.happens(0.5) ? 0 : this.chance.between(0, 25_000);
    return { off, terminated: off + this.chance.between(1_000, 120_000) };
  }

  /** Until Auto Scaling has launched another instance, and that one runs. */
  public reaction(): number {
    return this.chance.between(20_000, 160_000);
  }
}
