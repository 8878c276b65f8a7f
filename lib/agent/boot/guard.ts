import { rename } from "node:fs/promises";
import { join } from "node:path";
import { operatorCommand } from "../../operator-commands";
import type { NodeSettings } from "../../registry/node-settings";
import type { ClusterRecord } from "../../registry/records";
import { exists } from "../local/disk-store";
import type { NodePaths } from "../local/paths";
import type { Identity, LocalStore } from "../ports";
import { originOf } from "../state-origin";
import { recoveryOf } from "../survivor";

/** The cluster record, as far as it can be had at boot. */
export type ReadCluster = () => Promise<ClusterRecord | undefined>;

/** What the guard found in dockerd's state. */
export type GuardVerdict =
  | { readonly kind: "clear" }
  | { readonly kind: "survivor"; readonly message: string }
  | { readonly kind: "unmarked"; readonly message: string }
  | { readonly kind: "set aside"; readonly message: string }
  | { readonly kind: "refused"; readonly message: string };

/**
 * Keeps dockerd from taking up another cluster's swarm (P10): a node id must not run twice, and another life of the
 * cluster must not come back. A worker's state is moved away; a manager's may be the only copy of a Raft log. And a
 * manager that was away while the swarm was recovered without it stays away (P13).
 */
export async function guard(
  settings: NodeSettings,
  self: Identity,
  store: LocalStore,
  { swarmDirectory }: Pick<NodePaths, "swarmDirectory">,
  wallTime: number,
  readCluster: ReadCluster,
): Promise<GuardVerdict> {
  if (!(await exists(join(swarmDirectory, "docker-state.json")))) return { kind: "clear" };
  const markers = await store.markers();
  const { member, founder } = markers;
  // One that had only begun to join knows no swarm that could have been recovered without it. And a registry that is
  // away says nothing, and must not keep the managers of a healthy swarm from coming back.
  const isAsked = settings.role === "manager" && member !== undefined && (await store.hasCertificate());
  const record = isAsked && originOf(settings, self, markers, undefined) === "own" ? await readCluster() : undefined;
  switch (originOf(settings, self, markers, record)) {
    case "own": {
      const recovery = recoveryOf(record, settings, self, markers);
      if (recovery === undefined || recovery.isStarted || recovery.clusterId !== member?.clusterId)
        return { kind: "clear" };
      const generation = `generation ${recovery.generation} of the swarm`;
      return { kind: "survivor", message: `an operator has ${generation} started again from this manager` };
    }
    case "unmarked":
      return { kind: "unmarked", message: `${swarmDirectory} holds a swarm's state that this agent knows nothing of` };
    case "outdated": {
      const generations = `is of generation ${member?.generation} of the swarm, which was recovered without this manager as generation ${record?.generation}`;
      const cure = `replace the instance: ${operatorCommand.replace(settings, settings.slot ?? 0)}`;
      return { kind: "refused", message: `${swarmDirectory} ${generations}; dockerd stays down; ${cure}` };
    }
    case "foreign":
      break;
  }
  const marker = member ?? founder;
  const origin = `is of instance ${marker?.instanceId} in the life ${marker?.nonce} of its cluster`;
  const wanted = `this is instance ${self.instanceId} in the life ${settings.nonce} of ${settings.cluster}`;
  if (settings.role === "manager") {
    const cure = `move ${swarmDirectory} away, then: systemctl restart swarm-node-prepare docker swarm-node`;
    return { kind: "refused", message: `${swarmDirectory} ${origin}, but ${wanted}; dockerd stays down; ${cure}` };
  }
  const aside = `${swarmDirectory}.foreign-${new Date(wallTime).toISOString().replaceAll(":", "")}`;
  await rename(swarmDirectory, aside);
  await store.save({ member: undefined, founder: undefined });
  return { kind: "set aside", message: `${swarmDirectory} ${origin}, but ${wanted}; moved to ${aside}` };
}
