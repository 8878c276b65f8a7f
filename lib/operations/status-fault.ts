/** Something that is wrong: one cause, however many records show it. */
export interface StatusFault {
  /** The node or pool it is about: `manager-1`; undefined: the swarm. */
  readonly subject?: string;
  /** What is wrong, in words. */
  readonly text: string;
  /** What else is said of it, such as the leader's words. */
  readonly details?: readonly string[];
  /** What to run if it does not mend itself. */
  readonly command?: string;
}
