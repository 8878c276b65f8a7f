export { labDown } from "./down";
export { labExec } from "./exec";
export { labEnvironment } from "./shell-environment";
export { labStatus } from "./status";
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
