import { CONTROL_PORT, DEFAULT_DATA_PATH_PORT, DOCKER_API_PORT, GOSSIP_PORT } from "../limits/constants";
import type { DockerApiAccess } from "../registry/node-settings";

/** Who talks in a cluster: its nodes by role, and who operates it. Each has a security group. */
export type Party = "managers" | "workers" | "operators";

/** Traffic a swarm needs: every party in `from` may open it to every party in `to`. */
export interface SwarmPort {
  readonly name: string;
  /** `tcp`, `udp`, or the number of an IP protocol that has no ports. */
  readonly protocol: "tcp" | "udp" | "50";
  /** Absent where the protocol has no ports; a 0 would show as a change in every plan. */
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly from: readonly Party[];
  readonly to: readonly Party[];
  /** What it is for; shown in AWS. */
  readonly description: string;
}

const NODES: readonly Party[] = ["managers", "workers"];

/**
 * The traffic of a swarm, each with its reason.
 *
 * Workers never reach a Docker API: who reaches a manager's owns the cluster, and who reaches a worker's owns what runs
 * there.
 */
export function swarmPorts(
  dataPathPort: number = DEFAULT_DATA_PATH_PORT,
  dockerApi: DockerApiAccess = "internal",
): readonly SwarmPort[] {
  const always: readonly SwarmPort[] = [
    {
      name: "control",
      ...port("tcp", CONTROL_PORT),
      from: NODES,
      to: ["managers"],
      description: "Swarm control API and Raft: joining, dispatching, certificates",
    },
    {
      name: "gossip-tcp",
      ...port("tcp", GOSSIP_PORT),
      from: NODES,
      to: NODES,
      description: "Overlay network gossip: full state exchange",
    },
    {
      name: "gossip-udp",
      ...port("udp", GOSSIP_PORT),
      from: NODES,
      to: NODES,
      description: "Overlay network gossip: failure detection",
    },
    {
      name: "data-path",
      ...port("udp", dataPathPort),
      from: NODES,
      to: NODES,
      description: "Overlay network data path (VXLAN); it is not authenticated",
    },
    {
      name: "esp",
      protocol: "50",
      from: NODES,
      to: NODES,
      description: "Encrypted overlay networks (IPsec ESP)",
    },
  ];
  return dockerApi === "none" ? always : [...always, DOCKER_API];
}

const DOCKER_API: SwarmPort = {
  name: "docker-api",
  ...port("tcp", DOCKER_API_PORT),
  from: ["managers", "operators"],
  to: NODES,
  description: "Docker API without TLS; never from workers, who would own what they reach",
};

function port(protocol: "tcp" | "udp", number: number): Pick<SwarmPort, "protocol" | "fromPort" | "toPort"> {
  return { protocol, fromPort: number, toPort: number };
}
