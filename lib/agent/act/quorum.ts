import type { Effects } from "./context";

/**
 * A node update that changes nothing must still be confirmed by a majority: members that answer may confirm nothing. Where
 * it is the leader's own node that is about to change, that change is proof enough, and bound to the node as it was.
 */
export async function proveQuorum({ docker }: Pick<Effects, "docker">, about?: string): Promise<void> {
  const { nodeId } = await docker.status();
  if (nodeId === undefined) throw new Error("dockerd is no node of a swarm");
  if (nodeId === about) return;
  const { id, version } = await docker.node(nodeId);
  await docker.updateNode(id, version, {});
}
