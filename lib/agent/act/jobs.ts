import type { Action, ActionKind, Busy, Outcome } from "../model";

/** Operations of dockerd that can take long: claims must be renewed and states reported meanwhile. */
const LONG: readonly ActionKind[] = [
  "init",
  "open-disk",
  "force-new-cluster",
  "join",
  "leave",
  "unlock",
  "restart-engine",
];

/** Whether an action runs beside the loop. */
export function isLong({ kind }: Action): boolean {
  return LONG.includes(kind);
}

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
