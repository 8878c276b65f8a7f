import { hasHostBits, parseCidr } from "../network/cidr";
import { reservedPorts } from "./swarm-ports";

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

// AWS takes no other characters, and of those `${` would be read by Terraform.
const DESCRIPTION_PATTERN = /^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/;

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

/** Everything that is wrong with the access rules of a cluster. */
export function accessRuleFaults(rules: readonly SwarmAccessRule[], dataPathPort: number): readonly string[] {
  const faults = rules.flatMap((rule, index) => ruleFaults(`accessRules[${index}]`, rule, reservedPorts(dataPathPort)));
  const seen = new Set<string>();
  for (const { id, to, protocol, fromPort, toPort, cidr } of openingsOf(rules)) {
    if (seen.has(id)) faults.push(`accessRules open ${protocol} ${fromPort}-${toPort} of ${to} to ${cidr} twice`);
    seen.add(id);
  }
  return faults;
}

function ruleFaults(name: string, rule: SwarmAccessRule, reserved: readonly number[]): string[] {
  const { port, toPort = port } = rule;
  const faults: string[] = [];
  if (!isPort(port) || !isPort(toPort) || toPort < port) {
    faults.push(`${name} must open ports from 1 to 65535, the last not below the first, got ${port} to ${toPort}`);
  }
  const hit = reserved.filter((each) => port <= each && each <= toPort);
  if (hit.length > 0) {
    faults.push(`${name} must not open the swarm's own ports (${reserved.join(", ")}), got ${hit.join(", ")}`);
  }
  if (rule.cidrs.length === 0) faults.push(`${name}.cidrs must name at least one block, got []`);
  for (const cidr of rule.cidrs) {
    if (parseCidr(cidr) === undefined || hasHostBits(cidr)) {
      faults.push(
        `${name}.cidrs must be IPv4 blocks without host bits, like 203.0.113.0/24, got ${JSON.stringify(cidr)}`,
      );
    }
  }
  if (!DESCRIPTION_PATTERN.test(rule.description) || rule.description.includes("${")) {
    const allowed = "1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*";
    faults.push(`${name}.description must be ${allowed}, got ${JSON.stringify(rule.description)}`);
  }
  return faults;
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65535;
}
