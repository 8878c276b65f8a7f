import { existsSync } from "node:fs";
import { type LabOptions, labPaths } from "../machine/paths";
import { ENDPOINT } from "../network/firewall";
import { noLab } from "../state/no-lab";
import { type LabState, StateFile } from "../state/state-file";

/** What a shell needs so that Terraform, cdktf and the AWS tools work against the lab and nothing else. */
export async function labEnvironment({ projectDirectory }: LabOptions): Promise<Record<string, string>> {
  const paths = labPaths(projectDirectory);
  const state = new StateFile<LabState>(paths.state).read();
  if (state === undefined) throw noLab();
  return {
    AWS_ENDPOINT_URL: ENDPOINT,
    AWS_REGION: state.region,
    AWS_DEFAULT_REGION: state.region,
    AWS_ACCESS_KEY_ID: "AKIALABOPERATOR00000",
    AWS_SECRET_ACCESS_KEY: "lab",
    // The user's own profiles could name real accounts and other endpoints.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    // The provider would repeat what the emulator cannot do for nine minutes.
    AWS_MAX_ATTEMPTS: "2",
    CHECKPOINT_DISABLE: "1",
    CI: "1",
    CDKTF_SWARM_STATE_DIR: paths.terraformState,
    ...(existsSync(paths.terraformConfig) ? { TF_CLI_CONFIG_FILE: paths.terraformConfig } : {}),
  };
}

/** The environment of a program that works against the lab: what the user has set of AWS is left out. */
export async function childEnvironment(options: LabOptions): Promise<NodeJS.ProcessEnv> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  return { ...Object.fromEntries(inherited), ...(await labEnvironment(options)) };
}
