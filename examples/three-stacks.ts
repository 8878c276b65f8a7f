/**
 * A swarm in three stacks, each with a state of its own: network, cluster, and a pool that another team deploys.
 *
 *     npx cdktf deploy --app "node dist/examples/three-stacks.js" network cluster batch
 */
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { MachineImage, SwarmCluster, SwarmNetwork } from "cdktf-swarm";

const region = "us-east-1";

const app = new App();
const stackOf = (name: string) => {
  const stack = new TerraformStack(app, name);
  new AwsProvider(stack, "Aws", { region });
  return stack;
};

const network = new SwarmNetwork(stackOf("network"), "Network", {
  clusterName: "trio",
  region,
  cidr: "10.90.0.0/16",
  availabilityZones: ["us-east-1a", "us-east-1b"],
  nodeSubnets: "public",
});

const cluster = new SwarmCluster(stackOf("cluster"), "Swarm", {
  clusterName: "trio",
  region,
  existingNetwork: network,
  image: MachineImage.fromName("cdktf-swarm-node-*", ["self"]),
  managers: { count: 1 },
});

SwarmCluster.fromClusterAttributes(stackOf("batch"), "Swarm", cluster.attributes).addWorkerPool("batch", {
  desired: 1,
  labels: { workload: "batch" },
});

app.synth();
