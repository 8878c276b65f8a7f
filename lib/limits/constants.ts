/** Numbers of managers a swarm may have: odd ones, since one more tolerates no more losses; beyond 7 every decision is slower. */
export const MANAGER_COUNTS = [1, 3, 5, 7] as const;

export type ManagerCount = (typeof MANAGER_COUNTS)[number];

export const DEFAULT_MANAGER_COUNT: ManagerCount = 3;

/** Most manager slots a cluster can have. */
export const MAX_MANAGERS = Math.max(...MANAGER_COUNTS);

/** Node labels that the leader sets itself; neither a pool nor a node may ask for them. */
export const RESERVED_LABELS: readonly string[] = ["az", "slot", "pool"];

/** Docker API without TLS. */
export const DOCKER_API_PORT = 2375;
/** The control API of managers. */
export const CONTROL_PORT = 2377;
/** Gossip among nodes. */
export const GOSSIP_PORT = 7946;
/** Docker's default VXLAN port. */
export const DEFAULT_DATA_PATH_PORT = 4789;

/** Ports of the swarm itself whatever its settings, which only nodes and operators may reach. */
export const SWARM_PORTS = [
  // 2376, between the two, is the Docker API with TLS.
  { first: DOCKER_API_PORT, last: CONTROL_PORT, use: "the Docker API and the swarm's management" },
  { first: GOSSIP_PORT, last: GOSSIP_PORT, use: "gossip between nodes" },
] as const;
