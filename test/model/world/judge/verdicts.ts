import type { World } from "../world";

/** What was violated, and when. */
export class Verdicts {
  public readonly violations: string[] = [];

  public constructor(private readonly world: World) {}

  public unless(holds: boolean, violation: string | (() => string)): void {
    if (holds) return;
    const text = typeof violation === "string" ? violation : violation();
    this.violations.push(`${text} (at ${Math.round(this.world.schedule.now)} ms)`);
  }
}
