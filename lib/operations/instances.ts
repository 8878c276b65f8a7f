/** States of an instance, as EC2 names them; `missing`: EC2 says that there is none of this id. */
export type InstanceState = "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped" | "missing";

/** EC2's word on instances, by id. Where EC2 says nothing, there is no entry. */
export type InstanceStates = ReadonlyMap<string, InstanceState>;

/** What operations ask EC2. */
export interface Instances {
  states(instanceIds: readonly string[], signal?: AbortSignal): Promise<InstanceStates>;
}
