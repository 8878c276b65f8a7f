import type { Scene } from "./scene";

/** How many nodes a lab has. */
export interface Shape {
  readonly managers: number;
  readonly workers: number;
  /** Whether the managers' disks are locked. @default false */
  readonly locked?: boolean;
}

/** The lab most cases share: they leave it as they found it. */
export const DEV: Shape = { managers: 3, workers: 2 };

/** An invariant by the name that its faults begin with. */
export type Invariant = `V${number}`;

/** A line of the fault matrix. */
export interface FaultCase {
  readonly number: number;
  /** The fault, and what is to come of it. */
  readonly title: string;
  /** A lab of its own, not yet up when the case begins. @default - the shared one, whole, with the workload on it */
  readonly own?: Shape;
  /** Invariants that the case itself breaks, in an operator's place. @default - none */
  readonly byHand?: readonly Invariant[];
  /** Does the damage and waits for what is to follow; throws when it does not, or not in time. */
  run(scene: Scene): Promise<void>;
}

/** How long something took, against how long it may. */
export interface Timing {
  readonly what: string;
  readonly seconds: number;
  readonly bound: number;
}
