export { labDown } from "./down";
export type { LabTimings, TimingProfile } from "./emulator/timings";
export { labExec } from "./exec";
export {
  type ApiFaultRequest,
  type ApiLabFault,
  type ClockFault,
  type FaultRequest,
  type FaultyHost,
  type HostChoice,
  type HostFault,
  type LabFault,
  type LabFaultOptions,
  type LabFaultResult,
  labFault,
  labFaults,
  type PartitionFault,
  type SlowFault,
} from "./faults";
export type { LabOptions } from "./machine/paths";
export { labStatus } from "./status";
export { labEnvironment } from "./terraform/shell-environment";
export type {
  LabDownOptions,
  LabExecOptions,
  LabHost,
  LabPhase,
  LabPhaseTime,
  LabProgress,
  LabStatus,
  LabUpOptions,
  LabUpResult,
  ProgressListener,
} from "./types";
export { labUp } from "./up";
