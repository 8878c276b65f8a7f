import { DEFAULT_DATA_PATH_PORT } from "../limits/constants";
import { hasHostBits, overlaps, parseCidr } from "../network/cidr";
import type { DockerApiAccess, NodeSettings } from "../registry/node-settings";

/** Settings of the swarm itself. What overlay networks are made of is set when the swarm is founded, for ever. */
export interface SwarmOptions {
  /**
   * Block overlay networks are cut from. It must be apart from the VPC: a container whose network covers the VPC's
   * resolver has no DNS.
   *
   * @default "10.255.0.0/16"
   */
  readonly addressPool?: string;
  /**
   * Prefix length of one overlay network.
   *
   * @default 24
   */
  readonly addressPoolMaskLength?: number;
  /**
   * UDP port of overlay traffic.
   *
   * @default 4789
   */
  readonly dataPathPort?: number;
  /**
   * Whether managers and operators may reach the Docker API (2375) of nodes, or nobody.
   *
   * @default "internal"
   */
  readonly dockerApi?: DockerApiAccess;
  /**
   * How often nodes report to the managers, in seconds. A node that misses three reports is down.
   *
   * @default 5
   */
  readonly heartbeatSeconds?: number;
  /**
   * How long a node's certificate is valid, in hours; nodes renew it by themselves.
   *
   * @default 2160
   */
  readonly certExpiryHours?: number;
  /**
   * How many ended tasks of a replica managers remember.
   *
   * @default 5
   */
  readonly taskHistoryLimit?: number;
  /**
   * Whether managers are locked: after a restart they need a key to read what Raft stored on their disks. The key is
   * kept in Secrets Manager, where managers fetch it by themselves, so a disk alone is worth nothing. The swarm is locked
   * when it is founded. Run `docker swarm update --autolock=false` before you take this back: the key goes with the
   * secret.
   *
   * @default false
   */
  readonly autolock?: boolean;
}

/** Swarm settings with the defaults in place. */
export function swarmSettings(options: SwarmOptions): NodeSettings["swarm"] {
  return {
    addressPool: options.addressPool ?? "10.255.0.0/16",
    addressPoolMaskLength: options.addressPoolMaskLength ?? 24,
    dataPathPort: options.dataPathPort ?? DEFAULT_DATA_PATH_PORT,
    heartbeatSeconds: options.heartbeatSeconds ?? 5,
    certExpiryHours: options.certExpiryHours ?? 2160,
    taskHistoryLimit: options.taskHistoryLimit ?? 5,
  };
}

/** Everything that is wrong with swarm settings by themselves; the data-path port is the security groups' to judge. */
export function swarmFaults(settings: NodeSettings["swarm"]): string[] {
  const { addressPool, addressPoolMaskLength: mask } = settings;
  const faults = [
    ...atLeast("swarm.heartbeatSeconds", settings.heartbeatSeconds, 1),
    // Swarm refuses less.
    ...atLeast("swarm.certExpiryHours", settings.certExpiryHours, 1),
    ...atLeast("swarm.taskHistoryLimit", settings.taskHistoryLimit, 0),
  ];
  const pool = parseCidr(addressPool);
  if (pool === undefined || hasHostBits(addressPool)) {
    faults.push(`swarm.addressPool must be a block like 10.255.0.0/16, without host bits, got ${addressPool}`);
  } else if (!Number.isInteger(mask) || mask <= pool.prefix || mask > 29) {
    faults.push(`swarm.addressPoolMaskLength must be a whole number from ${pool.prefix + 1} to 29, got ${mask}`);
  }
  return faults;
}

/** What is wrong with the pool of overlay networks beside a VPC, or nothing. */
export function overlapFault(addressPool: string, vpcCidr: string): string | undefined {
  const [pool, vpc] = [parseCidr(addressPool), parseCidr(vpcCidr)];
  if (pool === undefined || vpc === undefined || !overlaps(pool, vpc)) return undefined;
  return (
    `swarm.addressPool must not overlap the VPC (${vpcCidr}), got ${addressPool}; ` +
    "containers could reach neither the VPC's resolver nor other nodes: choose a block apart from it"
  );
}

function atLeast(name: string, value: number, least: number): string[] {
  if (Number.isInteger(value) && value >= least) return [];
  return [`${name} must be a whole number from ${least} on, got ${value}`];
}
