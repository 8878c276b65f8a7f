import { Token } from "cdktf";
import type { Finding } from "../limits/finding";
import { below } from "../limits/finding";
import { flagLimit, listLimit, textLimit } from "../limits/limit";
import { clusterName } from "../limits/names";
import * as limits from "../limits/network";
import { region } from "../limits/regions";
import { type Check, fields, items, known, optional, required, together } from "../validation";
import type { SwarmNetworkAttributes } from "./network";

const networkFields = {
  cidr: known(limits.vpcCidr),
  availabilityZones: known(items(limits.availabilityZones, known(limits.availabilityZone))),
  nodeSubnets: optional(known(limits.nodeSubnets)),
  nat: optional(known(limits.nat)),
};

/** How a VPC for a cluster is laid out; whether its zones are the region's is for who knows the region. */
export const networkChecks: Check = fields(networkFields);

interface Zones {
  readonly region: string;
  readonly availabilityZones: readonly string[];
}

/** Properties of a `SwarmNetwork`. */
export const swarmNetworkChecks: Check = together<Zones>(
  fields({ clusterName: required(clusterName), region: required(region), ...networkFields }),
  (draft): Finding[] => below(["availabilityZones"], limits.zoneFindings(draft.availabilityZones ?? [], draft.region)),
);

const reference = textLimit({ pattern: /^.+$/, must: "be an id, or a reference to one", example: "subnet-0123abcd" });
const subnets = listLimit(
  0,
  limits.MAX_ZONES,
  "be a list of subnets, one for each availability zone",
  "[subnet-0123abcd]",
);

/** A network that was there before. The items of a list may be references, the list may not: it decides what there is. */
export const importedNetworkChecks: Check = together<SwarmNetworkAttributes>(
  fields({
    vpcId: required(reference),
    vpcCidr: known(limits.vpcCidr),
    availabilityZones: known(items(limits.availabilityZones, limits.availabilityZone)),
    nodeSubnetIds: known(items(subnets, reference)),
    publicSubnetIds: optional(known(items(subnets, reference))),
    assignsPublicAddresses: optional(known(flagLimit)),
  }),
  (draft, { nodeSubnetIds, publicSubnetIds }): readonly Finding[] => {
    const zones = draft.availabilityZones;
    if (zones === undefined) return [];
    return [
      ...below(["availabilityZones"], limits.zoneFindings(zones, undefined)),
      ...onePerZone("nodeSubnetIds", nodeSubnetIds, zones.length),
      ...(draft.publicSubnetIds?.length === 0 ? [] : onePerZone("publicSubnetIds", publicSubnetIds, zones.length)),
    ];
  },
);

function onePerZone(name: string, ids: unknown, zones: number): readonly Finding[] {
  if (!Array.isArray(ids) || Token.isUnresolved(ids)) return [];
  if (ids.length === zones && new Set(ids).size === ids.length) return [];
  const got = ids.map((id) => (Token.isUnresolved(id) ? "an expression" : String(id))).join(", ");
  const message = `must name one subnet for each of the ${zones} availability zones, got [${got}]`;
  return [{ path: [name], message }];
}
