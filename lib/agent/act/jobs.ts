import type { Action, Busy, Outcome } from "../model";

/** Runs at most one long operation beside the loop. */
export class Jobs {
  private running: Busy | undefined;
  private finished: Outcome[] = [];

  public get busy(): Busy | undefined {
    return this.running;
  }

  /** Starts an operation, unless one runs already. */
  public start(action: Action, since: number, perform: (action: Action) => Promise<Outcome>, wake: () => void): void {
    if (this.running !== undefined) return;
    this.running = { kind: action.kind, since };
    void perform(action).then((outcome) => {
      this.running = undefined;
      this.finished.push(outcome);
      wake();
    });
  }

  /** What ended since it was last asked. */
  public takeFinished(): readonly Outcome[] {
    const outcomes = this.finished;
    this.finished = [];
    return outcomes;
  }
}
