export { labFault, labFaults } from "./fault";
export type { ApiLabFault, ClockFault, FaultyHost, HostFault, LabFault, PartitionFault, SlowFault } from "./records";
export type { ApiFaultRequest, FaultRequest, HostChoice, LabFaultOptions, LabFaultResult } from "./types";
