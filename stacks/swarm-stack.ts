import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { type StorageOptions, SwarmCluster } from "../lib/cluster";
import type { EnvironmentConfig } from "../lib/config";
import { MachineImage } from "../lib/nodes/machine-image";
import { SwarmTags } from "../lib/tags";
import { addBackend, type BackendOptions } from "./backend";

/** Properties of a {@link SwarmStack}. */
export interface SwarmStackProps extends BackendOptions {
  readonly config: EnvironmentConfig;
}

/** An environment: one state, one provider, one cluster. */
export class SwarmStack extends TerraformStack {
  public readonly cluster: SwarmCluster;

  public constructor(scope: Construct, id: string, props: SwarmStackProps) {
    super(scope, id);
    const { config } = props;
    const { managers, network, readiness, region, workers } = config;
    addBackend(this, config, props);
    SwarmTags.addTo(this, config.tags);
    new AwsProvider(this, "Aws", { region });

    this.cluster = new SwarmCluster(this, "Swarm", {
      clusterName: config.cluster,
      region,
      network,
      managers,
      workers,
      readiness,
      swarm: config.swarm,
      accessRules: config.access,
      image: imageOf(config.image),
      storage: storageOf(config.storage),
    });
  }
}

function imageOf(image: EnvironmentConfig["image"]): MachineImage {
  if ("id" in image) return MachineImage.fromId(image.id);
  if ("ssmParameter" in image) return MachineImage.fromSsmParameter(image.ssmParameter);
  return MachineImage.fromName(image.name, image.owners);
}

function storageOf({ efs, rexray }: EnvironmentConfig["storage"]): StorageOptions {
  if (rexray === undefined) return { efs };
  // In the file, `tag` is the version of the plugin; its volumes' names begin with the cluster's.
  const { plugin, tag, ...rest } = rexray;
  return { efs, rexray: { ...rest, plugin: `${plugin}:${tag}` } };
}
