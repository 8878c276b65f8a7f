/**
 * Every code an error of this package can carry, and what it means. Programs go by the code, people by the message;
 * a code keeps its meaning from version to version.
 */
export const ERROR_CODES = {
  // What was written is wrong.
  InvalidArguments: "the command line cannot be used as it was written",
  InvalidEnvironment: "an environment file is wrong; every fault has its line",
  InvalidProperties: "a construct was given properties that do not fit",
  EnvironmentNotFound: "there is no environment file of that name",
  // A cluster.
  NoCredentials: "no AWS credentials were found, so that AWS was not asked",
  NotAllowed: "AWS refuses the credentials, or what was asked with them",
  NotDeployed: "the cluster's registry table is not in this account and region",
  RegistryUnreadable: "the cluster's registry does not answer, or is throttled",
  InstancesUnknown: "EC2 does not answer, and its word is needed",
  NotReady: "the swarm was not Ready when time ran out",
  NotDone: "what was asked for was not done when time ran out; the request stays",
  Refused: "it would harm the swarm, or something is missing; nothing was changed",
  TakenBack: "somebody took back what was asked for",
  Interrupted: "a signal, such as Ctrl-C, ended the command",
  DeployFailed: "a deploy failed, or ended before everything was applied",
  // The lab.
  AddressesOverlap: "the environment's addresses are in use on this machine",
  ClockUnavailable: "the lab cannot set clocks on this kind of machine",
  EmulatorNotInstalled: "the AWS emulator could not be installed",
  EmulatorNotStarted: "the AWS emulator did not start",
  EmulatorRefused: "the AWS emulator refuses what the lab asked of it",
  EngineFailed: "the lab's Docker engine does not run",
  FaultFailed: "a fault could not be made, or not be mended",
  HostDown: "the host does not run, or not in the way it takes",
  HostImageFailed: "the image of the lab's hosts cannot be built here",
  HostEnded: "a host of the lab ended while it booted",
  LabBroken: "a part of the lab is gone; `lab down` removes the rest",
  LabBusy: "another `lab up` is at work on this project",
  LabDown: "there is no lab in this project",
  LabElsewhere: "the lab of another project runs on this machine",
  LabTimingsSet: "the lab that is up has other timings, which last as long as it does",
  MissingPrerequisites: "programs that the lab needs are missing",
  NoPacketQueue: "this machine's firewall cannot delay packets",
  NoSuchHost: "the lab has no host of that name",
  NoSuchMode: "a fault has no such mode",
  NoSuchService: "the lab has no AWS service of that name",
  NoSuchZone: "no host of the lab is in that availability zone",
  ProviderNotFound: "the Terraform provider is nowhere to be had",
  SupervisorFailed: "the process that runs the lab did not start, or ended",
  SwarmStillRuns: "hosts still run that `lab up` would remove, as the emulated AWS has ended",
  // A fault of this package.
  Unexpected: "nobody foresaw it: run the command again with --debug, and report it",
} as const satisfies Readonly<Record<string, string>>;

/** Code of an error; see {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;
