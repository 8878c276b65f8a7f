import type { NodeSettings } from "../../../lib/registry/node-settings";

const COMMON = {
  schema: 1,
  cluster: "apps",
  table: "apps-registry",
  region: "eu-west-1",
  nonce: "nonce-1",
  labels: {},
  swarm: {
    addressPool: "10.255.0.0/16",
    addressPoolMaskLength: 24,
    dataPathPort: 4789,
    heartbeatSeconds: 5,
    certExpiryHours: 2160,
    taskHistoryLimit: 5,
  },
  dockerApi: "internal",
} as const;

/** Settings of the manager of a slot. */
export function managerSettings(slot: number, slots = 3, overrides: Partial<NodeSettings> = {}): NodeSettings {
  return {
    ...COMMON,
    role: "manager",
    slot,
    slots,
    autoScalingGroup: `apps-manager-${slot}`,
    slotGroups: Array.from({ length: 7 }, (_, index) => `apps-manager-${index}`),
    roleUniqueId: "AROAMANAGER",
    workerRoleUniqueId: "AROAWORKER",
    managerInstanceProfile: "apps-manager",
    ...overrides,
  };
}

/** Settings of a worker of a pool. */
export function workerSettings(pool = "general", slots = 3, overrides: Partial<NodeSettings> = {}): NodeSettings {
  return {
    ...COMMON,
    role: "worker",
    slots,
    pool,
    autoScalingGroup: `apps-worker-${pool}`,
    roleUniqueId: "AROAWORKER",
    launchHook: "launch",
    terminateHook: "terminate",
    ...overrides,
  };
}
