import { SWARM_PORTS } from "./constants";
import type { DeepPartial } from "./draft";
import { orDefault } from "./draft";
import type { Finding } from "./finding";
import { choiceLimit, listLimit, textLimit, wholeLimit } from "./limit";
import { cidrLimit } from "./network";

/** What is open to addresses outside of the cluster. */
export const accessRules = listLimit(0, 60, "be a list of at most 60 rules", "[]");

/** Text of a security group's rule: AWS takes these characters, of which Terraform would read `${`. */
export const ruleDescription = textLimit({
  pattern: /^(?!.*\$\{)[A-Za-z0-9 ._:/()#,@[\]+=&;{}!$*-]{1,255}$/,
  must: "be 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, which is what AWS takes, and without ${",
  example: "HTTPS for everyone",
});

/** Which nodes a rule opens. */
export const ruleTarget = choiceLimit(["managers", "workers", "nodes"]);

export const ruleProtocol = choiceLimit(["tcp", "udp"]);
export const rulePort = wholeLimit(1, 65535, 443);

/** Who may connect. */
export const ruleCidrs = listLimit(1, 60, "be a list of 1 to 60 IPv4 blocks that may connect", "[203.0.113.0/24]");

export const ruleCidr = cidrLimit("203.0.113.0/24");

interface AccessRule {
  readonly to: "managers" | "workers" | "nodes";
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly toPort?: number;
  readonly cidrs: readonly string[];
}

type Rules = readonly (DeepPartial<AccessRule> | undefined)[];

/**
 * What is wrong with rules beside the swarm's ports and each other, by their place in the list.
 *
 * @param dataPathPort port of the overlay networks; `undefined` where it is not known
 */
export function accessFindings(rules: Rules, dataPathPort: number | undefined): Finding[] {
  return [...rules.flatMap((rule, index) => portFindings(rule, index, dataPathPort)), ...repeatedOpenings(rules)];
}

function portFindings(rule: Rules[number], index: number, dataPathPort: number | undefined): Finding[] {
  const first = rule?.port;
  if (rule === undefined || first === undefined) return [];
  const last = orDefault(rule, "toPort", first);
  if (last === undefined) return [];
  if (last < first) {
    const message = `must not be below port, got ${last} and port ${first}; write ${first} or more, or drop toPort`;
    return [{ path: [index, "toPort"], message }];
  }
  const closed = [
    ...SWARM_PORTS,
    ...(dataPathPort === undefined ? [] : [{ first: dataPathPort, last: dataPathPort, use: "overlay traffic" }]),
  ];
  return closed
    .filter((port) => first <= port.last && port.first <= last)
    .map((port) => ({
      path: [index, first >= port.first ? "port" : "toPort"],
      message: `must not open ${span(port.first, port.last)}, which is for ${port.use}, got ${span(first, last)}; write ports apart from it`,
    }));
}

function span(first: number, last: number): string {
  return first === last ? `port ${first}` : `ports ${first} to ${last}`;
}

function repeatedOpenings(rules: Rules): Finding[] {
  const seen = new Set<string>();
  return rules.flatMap((rule, index) =>
    (rule?.cidrs ?? []).flatMap((cidr, place): Finding[] => {
      if (rule?.to === undefined || rule.protocol === undefined || rule.port === undefined || cidr === undefined)
        return [];
      const groups = rule.to === "nodes" ? ["managers", "workers"] : [rule.to];
      const openings = groups.map((group) =>
        [group, rule.protocol, rule.port, rule.toPort ?? rule.port, cidr].join(" "),
      );
      const isRepeated = openings.some((opening) => seen.has(opening));
      for (const opening of openings) seen.add(opening);
      if (!isRepeated) return [];
      // AWS refuses the second of two equal rules, in the middle of a deployment.
      const message = `must be opened once for the same nodes and ports, got ${cidr} again; drop it here`;
      return [{ path: [index, "cidrs", place], message }];
    }),
  );
}
