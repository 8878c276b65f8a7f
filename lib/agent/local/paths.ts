/** Where things lie on a node. */
export interface NodePaths {
  /** What the agent keeps for as long as the instance lives. */
  readonly stateDirectory: string;
  /** What it keeps for as long as the machine runs. */
  readonly runDirectory: string;
  /** dockerd's swarm state. */
  readonly swarmDirectory: string;
  readonly dockerSocket: string;
  readonly firewallScript: string;
}

export const NODE_PATHS: NodePaths = {
  stateDirectory: "/var/lib/swarm-node",
  runDirectory: "/run/swarm-node",
  swarmDirectory: "/var/lib/docker/swarm",
  dockerSocket: "/var/run/docker.sock",
  firewallScript: "/usr/local/lib/swarm-node/firewall.sh",
};
