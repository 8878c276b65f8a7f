import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";
import { SwarmCluster, type SwarmClusterProps } from "../../lib/cluster";
import { type EnvironmentConfig, parseEnvironment } from "../../lib/config";
import { ConfigError, ValidationError } from "../../lib/errors";
import { MachineImage } from "../../lib/nodes/machine-image";

/** What came of it: nothing is wrong, or what is. Any other exception is not caught. */
export type Verdict = readonly string[];

/** The verdict of the loader, and what it made of a good file. */
export function judgeFile(text: string, name: string): { verdict: Verdict; config?: EnvironmentConfig } {
  try {
    return { verdict: [], config: parseEnvironment(text, `${name}.yaml`) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { verdict: error.faults.map(({ message }) => message) };
  }
}

/** The verdict of the constructs on what a file says, given to them as it is. */
export function judgeConstructs(data: unknown): Verdict {
  try {
    const stack = new TerraformStack(Testing.stubVersion(new App({ stackTraces: false })), "stack");
    const props = clusterProps(data);
    new AwsProvider(stack, "Aws", { region: typeof props.region === "string" ? props.region : "eu-west-1" });
    new SwarmCluster(stack, "Swarm", props);
    Testing.synth(stack, true);
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.faults;
  }
}

/** The properties that say what a file does; what is no map there stays what it is. */
function clusterProps(data: unknown): SwarmClusterProps {
  const file = isMap(data) ? data : {};
  const { cluster, environment, access, storage, network, region, managers, workers, swarm, readiness } = file;
  const props = {
    ...{ network, region, managers, workers, swarm, readiness, accessRules: access },
    clusterName: cluster ?? environment,
    storage: storageOf(storage),
    image: MachineImage.fromId("ami-0123456789abcdef0"),
  };
  // A property that is not there is not the same as one that is null.
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as never;
}

/** A plugin and its tag are one property of the construct. */
function storageOf(storage: unknown): unknown {
  if (!isMap(storage) || !isMap(storage["rexray"])) return storage;
  const { plugin, tag, ...rexray } = storage["rexray"];
  const isText = typeof plugin === "string" && typeof tag === "string";
  return { ...storage, rexray: { ...rexray, plugin: isText ? `${plugin}:${tag}` : plugin } };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a file is called that says this. */
export function nameOf(data: unknown): string {
  const name = isMap(data) ? data["environment"] : undefined;
  return typeof name === "string" ? name.replaceAll("/", "") : "x";
}
