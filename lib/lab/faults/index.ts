export { labFault, labFaults } from "./fault";
export type { ApiLabFault, FaultyHost, HostFault, LabFault, PartitionFault, SlowFault } from "./records";
export type { ApiFaultRequest, FaultRequest, HostChoice, LabFaultOptions, LabFaultResult } from "./types";
