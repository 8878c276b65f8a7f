/** An opening to addresses outside of the cluster. There is none unless one is asked for. */
export interface SwarmAccessRule {
  /** What it is for; shown in AWS. */
  readonly description: string;
  /** Which nodes may be reached. */
  readonly to: "managers" | "workers" | "nodes";
  readonly protocol: "tcp" | "udp";
  /** First port. */
  readonly port: number;
  /**
   * Last port.
   *
   * @default - the first
   */
  readonly toPort?: number;
  /** IPv4 blocks that may connect. */
  readonly cidrs: readonly string[];
}

/** One opening, of one group, to one block. */
export interface Opening {
  /** Unique among the openings, and the same as long as what it opens is. */
  readonly id: string;
  readonly to: "managers" | "workers";
  readonly protocol: "tcp" | "udp";
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidr: string;
  readonly description: string;
}

/** Takes access rules apart into what AWS knows: one group, one block. */
export function openingsOf(rules: readonly SwarmAccessRule[]): readonly Opening[] {
  return rules.flatMap((rule) => {
    const { protocol, description, port: fromPort, toPort = fromPort } = rule;
    const ports = fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
    const groups = rule.to === "nodes" ? (["managers", "workers"] as const) : [rule.to];
    return groups.flatMap((to) =>
      rule.cidrs.map((cidr) => {
        const id = `${cidr.replace(/[./]/g, "-")}-to-${to}-${protocol}-${ports}`;
        return { id, to, protocol, fromPort, toPort, cidr, description };
      }),
    );
  });
}
