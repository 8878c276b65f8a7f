import type { SwarmNode } from "../../../lib/agent/ports";
import type { Machine } from "./machine";

/** Milliseconds since 1970 at the beginning of simulated time. */
export const WALL = 1_700_000_000_000;

/** A node as the swarm keeps it. */
export interface NodeObject {
  readonly id: string;
  readonly machine: Machine;
  readonly createdAt: number;
  /** By the clock of the leader that made it. */
  readonly stampedAt: number;
  version: number;
  role: "manager" | "worker";
  availability: "active" | "pause" | "drain";
  labels: Readonly<Record<string, string>>;
  state: SwarmNode["state"];
  /** Whether it ever connected; before, it has no host name. */
  connected: boolean;
  seenAt: number;
  roleChangedAt: number;
  availabilityChangedAt: number;
}

/** What an update of a node changes. */
export type NodeChange = {
  readonly role?: "manager" | "worker";
  readonly availability?: "active" | "drain";
  readonly labels?: Readonly<Record<string, string>>;
};

/** One that was admitted and has not connected yet. */
export function newNode(made: Pick<NodeObject, "id" | "machine" | "role" | "createdAt" | "stampedAt">): NodeObject {
  const { createdAt } = made;
  return {
    ...made,
    version: 1,
    availability: "active",
    labels: {},
    state: "unknown",
    connected: false,
    seenAt: createdAt,
    roleChangedAt: createdAt,
    availabilityChangedAt: createdAt,
  };
}

/** A node as dockerd shows it, with its part in Raft. */
export function seenOf(node: NodeObject, manager: SwarmNode["manager"]): SwarmNode {
  const { id, version, role, availability, labels, state, connected, stampedAt } = node;
  const { address } = node.machine;
  return {
    id,
    version,
    createdAt: WALL + stampedAt,
    role,
    availability,
    labels,
    state,
    address: connected ? address : "",
    hostname: connected ? `ip-${address.replaceAll(".", "-")}` : "",
    engineVersion: "28.2.2",
    manager,
  };
}
