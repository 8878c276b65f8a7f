export { labDown } from "./down";
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
export { labEnvironment } from "./shell-environment";
export { labStatus } from "./status";
export type { LabTimings, TimingProfile } from "./timings";
export type {
  LabDownOptions,
  LabExecOptions,
  LabHost,
  LabOptions,
  LabPhase,
  LabPhaseTime,
  LabProgress,
  LabStatus,
  LabUpOptions,
  LabUpResult,
  ProgressListener,
} from "./types";
export { labUp } from "./up";
