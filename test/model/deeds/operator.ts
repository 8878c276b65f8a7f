import * as dockerd from "../world/dockerd";
import type { NodeObject } from "../world/node-object";
import type { Swarm } from "../world/swarm";
import type { World } from "../world/world";
import { type Deed, toMachine, toWorld } from "./deed";

/** The recorded swarm, while it takes orders. */
function swarmOf({ swarms, table }: World): Swarm | undefined {
  return swarms.findLast(({ id, raft }) => id === table.cluster?.clusterId && raft.hasQuorum());
}

const toSwarm =
  (deed: (swarm: Swarm) => unknown): Deed =>
  ({ world }) => {
    const swarm = swarmOf(world);
    if (swarm === undefined) return false;
    deed(swarm);
    return true;
  };

const toNode =
  (fits: (swarm: Swarm, node: NodeObject) => boolean, role: "manager" | "worker"): Deed =>
  ({ world }, target) => {
    const swarm = swarmOf(world);
    if (swarm === undefined) return false;
    const nodes = [...swarm.nodes.values()].filter((node) => node.state === "ready" && fits(swarm, node));
    const node = nodes[target % Math.max(1, nodes.length)];
    if (node === undefined) return false;
    swarm.update(node.id, node.version, { role });
    world.judge.byHand.add(node.id);
    return true;
  };

/** What an operator does to the swarm with Docker's own commands. */
export const OPERATOR = {
  "rotate token": toSwarm((swarm) => swarm.rotateToken()),
  "rotate CA": toSwarm((swarm) => swarm.rotateAuthority()),
  "promote by hand": toNode(({ raft }, { id, role }) => role === "worker" && !raft.members.has(id), "manager"),
  // Whoever demotes the last but one on purpose is on his own; and only the label of a slot says that it is no newcomer.
  "demote by hand": toNode(
    ({ raft }, { id, role, labels }) =>
      role === "manager" &&
      labels["slot"] !== undefined &&
      raft.members.has(id) &&
      raft.members.size > 2 &&
      raft.canLose(id),
    "worker",
  ),
  /** On the node itself. */
  "leave by hand": toMachine(
    (world, machine) => dockerd.leave(world, machine),
    ({ isUp, hung, swarmState, dockerState }, { table }) =>
      isUp && !hung && dockerState === "active" && swarmState.nodeId !== undefined && table.cluster?.phase === "ready",
  ),
  /** By force, of a node that is up: its dockerd may hear of it, or may not. */
  "remove by hand": ({ world }, target, amount) => {
    const swarm = swarmOf(world);
    const nodes = [...(swarm?.nodes.values() ?? [])].filter(
      ({ id, state, role }) => state === "ready" && role === "worker" && swarm?.raft.members.has(id) === false,
    );
    const node = nodes[target % Math.max(1, nodes.length)];
    if (swarm === undefined || node === undefined) return false;
    if (amount < 0.7) swarm.unheard.add(node.id);
    swarm.remove(node.id, { force: true });
    return true;
  },
  lock: toSwarm((swarm) => swarm.lock(true)),
  "rotate unlock key": toSwarm((swarm) => swarm.rotateUnlockKey()),
  unlock: toWorld((world) => {
    for (const machine of world.machines) world.unlock(machine);
  }),
} satisfies Record<string, Deed>;
