/** The parts of Docker's answers that the agent reads, as the Engine API names them. */

export interface EngineInfo {
  readonly Swarm?: {
    readonly NodeID?: string;
    readonly LocalNodeState?: string;
    readonly ControlAvailable?: boolean;
    readonly Error?: string;
    readonly Cluster?: { readonly ID?: string } | null;
  };
}

export interface EngineNode {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly CreatedAt: string;
  readonly Spec: EngineNodeSpec;
  readonly Description?: { readonly Hostname?: string; readonly Engine?: { readonly EngineVersion?: string } };
  readonly Status?: { readonly State?: string; readonly Addr?: string };
  readonly ManagerStatus?: {
    readonly Leader?: boolean;
    readonly Reachability?: string;
    readonly Addr?: string;
  } | null;
}

export interface EngineNodeSpec {
  readonly Name?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Role: "manager" | "worker";
  readonly Availability: "active" | "pause" | "drain";
}

export interface EngineSwarm {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec?: {
    readonly Dispatcher?: { readonly HeartbeatPeriod?: number };
    readonly CAConfig?: { readonly NodeCertExpiry?: number };
    readonly Orchestration?: { readonly TaskHistoryRetentionLimit?: number };
    readonly EncryptionConfig?: { readonly AutoLockManagers?: boolean };
  };
  readonly DefaultAddrPool?: readonly string[] | null;
  readonly SubnetSize?: number;
  readonly DataPathPort?: number;
  readonly JoinTokens?: { readonly Worker?: string };
}

export interface EngineUnlockKey {
  readonly UnlockKey?: string;
}
