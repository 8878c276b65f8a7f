export { labFault, labFaults } from "./fault";
export type { FaultyHost, HostFault, LabFault, PartitionFault } from "./records";
export type { FaultRequest, HostChoice, LabFaultOptions, LabFaultResult } from "./types";
