import type { labDown, labEnvironment, labExec, labFault, labFaults, labStatus, labUp } from "../lab";
import type {
  AwsLocation,
  GroupSizes,
  Instances,
  RegistryLocation,
  RegistryReader,
  RegistryWriter,
} from "../operations";
import type { RunProgram } from "./child";
import type { Output } from "./output";

/** What the command line uses of the lab. */
export interface LabPort {
  readonly labUp: typeof labUp;
  readonly labDown: typeof labDown;
  readonly labStatus: typeof labStatus;
  readonly labExec: typeof labExec;
  readonly labEnvironment: typeof labEnvironment;
  readonly labFault: typeof labFault;
  readonly labFaults: typeof labFaults;
}

/** What a command acts on. A test puts its own things here. */
export interface CliContext {
  readonly output: Output;
  /** Directory of the project: environments and the lab's state are found below it. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT or SIGTERM, whose name is its reason. */
  readonly signal: AbortSignal;
  /** Asks the user whether to go on; no, where nobody is there to answer. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Opens a registry. A function, so that the AWS client is loaded by the commands that need it, and only then. */
  readonly connect: (location: RegistryLocation) => Promise<RegistryReader>;
  /** Opens a registry to write to it. */
  readonly connectWriter: (location: RegistryLocation) => Promise<RegistryWriter>;
  /** Opens EC2. */
  readonly connectInstances: (location: AwsLocation) => Promise<Instances>;
  /** Opens Auto Scaling. */
  readonly connectGroupSizes: (location: AwsLocation) => Promise<GroupSizes>;
  /** Runs another program. */
  readonly runProgram: RunProgram;
  /** Loads the lab, by the commands that need it. */
  readonly lab: () => Promise<LabPort>;
}

/** How a command ends; see `EXIT`. */
export type ExitCode = number;

/** A command that has parsed its arguments. */
export type Action = (context: CliContext) => Promise<ExitCode>;
