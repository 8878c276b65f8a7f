import * as access from "../limits/access";
import { orDefault } from "../limits/draft";
import { below, type Finding } from "../limits/finding";
import { textLimit } from "../limits/limit";
import { clusterName } from "../limits/names";
import * as swarm from "../limits/swarm";
import { type Check, fields, items, optional, required, together } from "../validation";
import type { SwarmAccessRule } from "./access-rule";

/** What is open to addresses outside of the cluster, without the swarm's own ports. */
export const accessRuleChecks: Check = items(
  access.accessRules,
  fields({
    description: required(access.ruleDescription),
    to: required(access.ruleTarget),
    protocol: required(access.ruleProtocol),
    port: required(access.rulePort),
    toPort: optional(access.rulePort),
    cidrs: items(access.ruleCidrs, access.ruleCidr),
  }),
);

/** ARN of a policy. */
export const policyArn = textLimit({
  pattern: /^arn:[^:]+:iam::[^:]*:policy\/.+$/,
  must: "be the ARN of a policy",
  example: "arn:aws:iam::123456789012:policy/nodes",
});

interface Openings {
  readonly dataPathPort: number;
  readonly accessRules: readonly SwarmAccessRule[];
}

/** Properties of `SwarmSecurityGroups`. */
export const securityGroupChecks: Check = together<Openings>(
  fields({
    clusterName: required(clusterName),
    dataPathPort: optional(swarm.dataPathPort),
    dockerApi: optional(swarm.dockerApi),
    accessRules: optional(accessRuleChecks),
  }),
  (draft): Finding[] => {
    const port = draft.dataPathPort;
    const taken = port === undefined ? undefined : swarm.takenPortFault(port);
    const overlayPort = orDefault(draft, "dataPathPort", swarm.dataPathPort.default);
    return [
      ...(taken === undefined ? [] : [{ path: ["dataPathPort"], message: taken }]),
      ...below(["accessRules"], access.accessFindings(draft.accessRules ?? [], overlayPort)),
    ];
  },
);
