/** How an operator names a cluster on the command line: by its environment, or by its own name and region. */
export interface ClusterTarget {
  /**
   * Name of its file in `stacks/environments`.
   * @default - none: the cluster is declared in a stack
   */
  readonly environment?: string;
  readonly cluster: string;
  readonly region: string;
}

/** `npx` finds the program where it is installed for a project, and where it is installed for the whole machine. */
const PROGRAM = "npx cdktf-swarm";

function words(target: ClusterTarget): string {
  return target.environment ?? `--cluster ${target.cluster} --region ${target.region}`;
}

/** What an operator can do about a cluster, as messages tell them: each runs as it is printed. */
export const operatorCommand = {
  status: (target: ClusterTarget): string => `${PROGRAM} status ${words(target)}`,

  /** Takes the manager of a slot out of the swarm. `slot` may be an expression of Terraform's. */
  retire: (target: ClusterTarget, slot: number | string): string =>
    `${PROGRAM} managers retire ${words(target)} ${slot}`,

  /** Takes back what was asked of a slot. */
  keep: (target: ClusterTarget, slot: number): string => `${operatorCommand.retire(target, slot)} --cancel`,

  /** Has another instance take a slot over. */
  replace: (target: ClusterTarget, slot: number): string => `${PROGRAM} managers replace ${words(target)} ${slot}`,

  /** Shows how a swarm stands that lost its quorum; with a slot, proves that it may start again from that manager. */
  recover: (target: ClusterTarget, slot?: number): string =>
    `${PROGRAM} recover ${words(target)}${slot === undefined ? "" : ` --slot ${slot}`}`,

  /** Starts the swarm again. */
  recoverNow: (target: ClusterTarget, slot: number): string => `${operatorCommand.recover(target, slot)} --yes`,
} as const;
