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
  /** Deploys an environment, and proves that it was. */
  deploy: (environment: string): string => `${PROGRAM} deploy ${environment}`,

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

/** What an operator can do in the directory of a lab; each runs as it is printed. */
export const labCommand = {
  up: `${PROGRAM} lab up`,

  /** Begins anew with an environment, and removes hosts that still run. */
  upAnew: (environment: string): string => `${labCommand.up} ${environment} --discard`,

  status: `${PROGRAM} lab status`,
  env: `${PROGRAM} lab env`,
  down: `${PROGRAM} lab down`,

  /** Removes the lab of another directory. */
  downIn: (directory: string): string => `cd ${shellWord(directory)} && ${labCommand.down}`,

  /** Runs a command on a host. */
  exec: (host: string, command: string): string => `${PROGRAM} lab exec ${host} -- ${command}`,

  /** Does something to hosts: `kind` is a word of `lab fault`. */
  fault: (kind: "start" | "stop" | "replace", ...hosts: readonly string[]): string =>
    `${PROGRAM} lab fault ${kind} ${hosts.join(" ")}`,
} as const;

/** A word that every POSIX shell reads back as it was. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
