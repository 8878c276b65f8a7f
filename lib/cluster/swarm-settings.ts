import { addressPool } from "../limits/network";
import * as swarm from "../limits/swarm";
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
    addressPool: options.addressPool ?? addressPool.default,
    addressPoolMaskLength: options.addressPoolMaskLength ?? swarm.addressPoolMaskLength.default,
    dataPathPort: options.dataPathPort ?? swarm.dataPathPort.default,
    heartbeatSeconds: options.heartbeatSeconds ?? swarm.heartbeatSeconds.default,
    certExpiryHours: options.certExpiryHours ?? swarm.certExpiryHours.default,
    taskHistoryLimit: options.taskHistoryLimit ?? swarm.taskHistoryLimit.default,
  };
}
