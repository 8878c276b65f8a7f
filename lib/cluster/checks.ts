import { type ClusterDraft, type ClusterNames, clusterFindings } from "../limits/cluster";
import type { Finding } from "../limits/finding";
import { flagLimit, listLimit, textLimit } from "../limits/limit";
import { clusterName } from "../limits/names";
import { addressPool } from "../limits/network";
import { managerCount, workerPools } from "../limits/nodes";
import { region } from "../limits/regions";
import { mountPath } from "../limits/storage";
import * as swarm from "../limits/swarm";
import { importedNetworkChecks, networkChecks } from "../network/checks";
import { bootFindings, imageChecks, managerChecks, namedPoolChecks } from "../nodes/checks";
import { snippetChecks } from "../nodes/user-data";
import { accessRuleChecks, policyArn } from "../security/checks";
import { efsChecks, rexrayChecks } from "../storage/checks";
import { type Check, fields, items, known, optional, required, together } from "../validation";

const id = textLimit({ pattern: /^.+$/, must: "be an id or a reference to one", example: "vpc.id" });
const ids = listLimit(1, 6, "be a list of one for each zone", "[a.id, b.id]");

/** A network as a cluster needs it, which was checked where it was made. */
const existingNetworkChecks: Check = fields({
  vpcId: required(id),
  vpcCidr: known(id),
  availabilityZones: known(items(ids, id)),
  nodeSubnetIds: known(items(ids, id)),
});

/** Settings of the swarm itself. */
const swarmChecks: Check = fields({
  addressPool: optional(known(addressPool)),
  addressPoolMaskLength: optional(known(swarm.addressPoolMaskLength)),
  dataPathPort: optional(known(swarm.dataPathPort)),
  dockerApi: optional(known(swarm.dockerApi)),
  heartbeatSeconds: optional(swarm.heartbeatSeconds),
  certExpiryHours: optional(swarm.certExpiryHours),
  taskHistoryLimit: optional(swarm.taskHistoryLimit),
  autolock: optional(known(swarm.autolock)),
});

/** How a deploy waits for the swarm. */
const readinessChecks: Check = fields({
  wait: optional(known(flagLimit)),
  timeoutSeconds: optional(swarm.readinessTimeout),
});

const shape: Check = fields({
  clusterName: optional(known(clusterName)),
  region: required(region),
  image: imageChecks,
  network: optional(networkChecks),
  existingNetwork: optional(existingNetworkChecks),
  managers: optional(managerChecks),
  workers: optional(items(workerPools, namedPoolChecks)),
  swarm: optional(swarmChecks),
  storage: optional(fields({ efs: optional(efsChecks), rexray: optional(rexrayChecks) })),
  accessRules: optional(accessRuleChecks),
  readiness: optional(readinessChecks),
  userDataSnippets: optional(snippetChecks),
  permissionsBoundary: optional(policyArn),
});

/** A cluster that was there before: what its nodes need to know of it. */
export const importedClusterChecks: Check = fields({
  clusterName: known(clusterName),
  region: required(region),
  network: importedNetworkChecks,
  image: imageChecks,
  nonce: required(id),
  workerSecurityGroupId: required(id),
  workerRoleUniqueId: required(id),
  workerRoleName: optional(id),
  managerCount: optional(known(managerCount)),
  swarm: optional(swarmChecks),
  efs: optional(fields({ fileSystemId: required(id), dnsName: required(id), mountPath: optional(mountPath) })),
  readiness: optional(readinessChecks),
  userDataSnippets: optional(snippetChecks),
});

/** Properties of a `SwarmCluster`, those of all it is made of included. */
export const clusterChecks: Check = together<ClusterDraft>(shape, (draft, props) => [
  ...clusterFindings({ ...draft, network: networkOf(draft, props) }, namesFor(props)),
  ...networkFindings(props),
  ...imageFindings(props),
]);

/** What is looked at in props that are more than data. */
interface Parts {
  readonly image?: unknown;
  readonly network?: unknown;
  readonly existingNetwork?: { readonly vpcCidr?: unknown };
  readonly managers?: { readonly instanceType?: unknown };
  readonly workers?: unknown;
}

function networkOf(draft: ClusterDraft, { existingNetwork }: Parts): ClusterDraft["network"] {
  if (existingNetwork === undefined) return draft.network;
  const { vpcCidr } = existingNetwork ?? {};
  return typeof vpcCidr === "string" ? { cidr: vpcCidr } : undefined;
}

function namesFor({ existingNetwork }: Parts): ClusterNames {
  const vpc = existingNetwork === undefined ? ["network", "cidr"] : ["existingNetwork", "vpcCidr"];
  return { vpc, accessRules: ["accessRules"] };
}

function networkFindings({ network, existingNetwork }: Parts): readonly Finding[] {
  if ((network === undefined) !== (existingNetwork === undefined)) return [];
  const got = network === undefined ? "neither" : "both";
  const message = `either network (to make one) or existingNetwork (to use one) must be given, got ${got}`;
  return [{ path: [], message }];
}

function imageFindings({ image, managers, workers }: Parts): readonly Finding[] {
  const groups: readonly Parts["managers"][] = [managers, ...(Array.isArray(workers) ? workers : [])];
  return groups.flatMap((group) => bootFindings(image, group?.instanceType));
}
