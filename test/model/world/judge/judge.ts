import type { World } from "../world";
import { ActJudge } from "./acts";
import { RecordJudge } from "./records";
import { StateJudge } from "./states";
import { Verdicts } from "./verdicts";

/** Holds the invariants against the truth of the world, at each step and at each act they speak of. */
export class Judge {
  /** Nodes whose role an operator changed: P14 leaves them alone. */
  public readonly byHand = new Set<string>();
  public readonly acts: ActJudge;
  public readonly records: RecordJudge;
  public readonly states: StateJudge;
  private readonly verdicts: Verdicts;

  public constructor(world: World) {
    this.verdicts = new Verdicts(world);
    this.acts = new ActJudge(world, this.verdicts, this.byHand);
    this.records = new RecordJudge(world, this.verdicts);
    this.states = new StateJudge(world, this.verdicts, this.byHand);
  }

  public get violations(): string[] {
    return this.verdicts.violations;
  }

  /** After each step. */
  public look(): void {
    this.states.look();
  }
}
