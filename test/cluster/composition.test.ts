import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";
import { describe, expect, test } from "vitest";
import {
  type ISwarmCluster,
  SwarmCluster,
  type SwarmClusterAttributes,
  type SwarmClusterProps,
} from "../../lib/cluster";
import { SwarmNetwork } from "../../lib/network";
import { MachineImage, UserDataSnippet, WorkerPool } from "../../lib/nodes";
import { nodeGroupProps } from "../support/node-group";
import { reference, SynthesizedStack, synth } from "../support/synth";

const region = "eu-west-1";
const clusterProps: Omit<SwarmClusterProps, "network" | "existingNetwork"> = {
  clusterName: "apps",
  region,
  image: MachineImage.fromId("ami-0123456789abcdef0"),
};
const networkProps = {
  clusterName: "apps",
  region,
  cidr: "10.20.0.0/16",
  availabilityZones: ["eu-west-1a", "eu-west-1b"],
};

/** Stacks of one app, with the references between them. */
class Composition<Parts = void> {
  private readonly app = Testing.stubVersion(new App({ stackTraces: false }));
  private readonly stacks = new Map<string, TerraformStack>();
  private built?: { readonly parts: Parts };

  public constructor(private readonly build: (stack: (name: string) => TerraformStack) => Parts) {}

  /** What was built: at the first look, so that what cannot be built fails the tests that look, and not their file. */
  public get parts(): Parts {
    this.built ??= { parts: this.build((name) => this.stack(name)) };
    return this.built.parts;
  }

  public synth(name: string): SynthesizedStack {
    void this.parts;
    for (const stack of this.stacks.values()) stack.prepareStack();
    const text = Testing.synth(this.found(name), true);
    return new SynthesizedStack(JSON.parse(text), text);
  }

  /** What is deployed before a stack. */
  public before(name: string): readonly string[] {
    this.synth(name);
    return this.found(name).dependencies.map(({ node }) => node.id);
  }

  private stack(name: string): TerraformStack {
    const stack = new TerraformStack(this.app, name);
    new AwsProvider(stack, "Aws", { region });
    this.stacks.set(name, stack);
    return stack;
  }

  private found(name: string): TerraformStack {
    return this.stacks.get(name) as TerraformStack;
  }
}

/** Addresses in `depends_on` that the stack does not have. */
function dangling(stack: SynthesizedStack): readonly string[] {
  const own = [...stack.resources(), ...stack.dataSources()].map(({ address }) => address);
  return stack
    .resources()
    .flatMap(({ properties }) => (properties.depends_on ?? []) as string[])
    .filter((address) => !own.includes(address));
}

function outputs(stack: SynthesizedStack): Record<string, { value: string }> {
  return (stack.json.output ?? {}) as Record<string, { value: string }>;
}

function locals(stack: SynthesizedStack): Record<string, unknown>[] {
  return Object.values((stack.json.locals ?? {}) as Record<string, Record<string, unknown>>);
}

describe("a cluster in another stack than its network", () => {
  const composition = new Composition((stack) => {
    const existingNetwork = new SwarmNetwork(stack("network"), "Network", networkProps);
    new SwarmCluster(stack("cluster"), "Swarm", { ...clusterProps, existingNetwork, workers: [{ name: "a" }] });
  });

  test("fails when something depends on a resource its stack does not have", () => {
    expect(dangling(composition.synth("cluster"))).toEqual([]);
  });

  test("fails when the cluster may be deployed before its network", () => {
    expect(composition.before("cluster")).toEqual(["network"]);
  });

  test("fails when nodes are not in the subnets of the network", () => {
    const [group] = composition.synth("cluster").resources("aws_autoscaling_group");

    expect(group?.properties.vpc_zone_identifier).toEqual([
      expect.stringMatching(/terraform_remote_state.*network\.outputs.*Subnet-eu-west-1a/),
    ]);
  });
});

describe("a pool whose role is in another stack", () => {
  const composition = new Composition((stack) => {
    const cluster = new SwarmCluster(stack("cluster"), "Swarm", { ...clusterProps, network: networkProps });
    cluster.roles.workers.addManagedPolicy("Logs", "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy");
    const pools = stack("pools");
    new WorkerPool(pools, "Batch", { ...nodeGroupProps(pools, { role: cluster.roles.workers }), name: "batch" });
  });

  test("fails when something depends on a resource its stack does not have", () => {
    expect(dangling(composition.synth("pools"))).toEqual([]);
  });

  test("fails when the pool may be deployed before its role", () => {
    expect(composition.before("pools")).toEqual(["cluster"]);
  });
});

describe("a pool in another stack than its cluster", () => {
  const everything: Omit<SwarmClusterProps, "network" | "existingNetwork"> = {
    ...clusterProps,
    managers: { count: 5 },
    workers: [{ name: "general" }],
    swarm: { dockerApi: "none", dataPathPort: 8472 },
    storage: {
      efs: { mountPath: "/srv/shared" },
      rexray: { plugin: "rexray/efs:0.11.4", pools: ["general", "batch-1"] },
    },
    userDataSnippets: [UserDataSnippet.shellScript("#!/bin/sh\ntrue")],
    readiness: { timeoutSeconds: 77 },
  };
  const composition = new Composition((stack) => {
    const existingNetwork = new SwarmNetwork(stack("network"), "Network", networkProps);
    const cluster = new SwarmCluster(stack("cluster"), "Swarm", { ...everything, existingNetwork });
    const imported = SwarmCluster.fromClusterAttributes(stack("pools"), "Swarm", cluster.attributes);
    imported.addWorkerPool("batch-1", { desired: 3, labels: { workload: "batch" } });
    imported.addWorkerPool("web");
    return { imported };
  });
  const pools = () => composition.synth("pools");
  const group = (name: string) => pools().resource("aws_autoscaling_group", { name });

  test("fails when something depends on a resource its stack does not have", () => {
    expect(dangling(composition.synth("cluster"))).toEqual([]);
    expect(dangling(pools())).toEqual([]);
  });

  test("fails when the pool may be deployed before its cluster", () => {
    expect([...composition.before("pools")].sort()).toEqual(["cluster", "network"]);
  });

  test("fails when its workers are told anything else than the cluster's own", () => {
    const own = locals(composition.synth("cluster")).find(({ pool }) => pool === "general");
    const foreign = locals(pools()).find(({ pool }) => pool === "batch-1");

    // The values are the same, and only referred to in another way.
    const shape = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll(/\$\{[^}]*\}/g, "reference"));
    expect(shape({ ...foreign, labels: {} })).toEqual(
      shape({ ...own, pool: "batch-1", autoScalingGroup: "apps-worker-batch-1" }),
    );
  });

  test("fails when REX-Ray, and the metadata service it needs, is on a pool it is not for", () => {
    const tokens = (pool: string) => {
      const template = pools().resource("aws_launch_template", { name_prefix: `apps-worker-${pool}-` });
      return (template.properties.metadata_options as { http_tokens: string }).http_tokens;
    };

    expect(locals(pools()).find(({ pool }) => pool === "web")).not.toHaveProperty("rexray");
    expect([tokens("batch-1"), tokens("web")]).toEqual(["optional", "required"]);
  });

  test("fails when its first instance may ask to complete its launch hook before it is allowed to", () => {
    const stack = pools();
    const policy = stack.resource("aws_iam_role_policy", { name: "swarm-pool-batch-1" });

    const [statement] = JSON.parse(String(policy.properties.policy)).Statement;
    expect(statement.Action).toEqual([
      "autoscaling:CompleteLifecycleAction",
      "autoscaling:RecordLifecycleActionHeartbeat",
    ]);
    expect(statement.Resource).toEqual([expect.stringMatching(/:autoScalingGroupName\/apps-worker-batch-1$/)]);
    expect(policy.properties.role).toMatch(/cluster\.outputs.*Workers.*name/);
    expect(group("apps-worker-batch-1").properties.depends_on).toContain(policy.address);
  });

  test("fails when it is not tagged as the cluster's", () => {
    for (const { properties } of pools().resources("aws_autoscaling_group")) {
      expect(properties.tag).toContainEqual({ key: "cdktf-swarm:cluster", value: "apps", propagate_at_launch: true });
    }
  });

  test("fails when a deploy of it does not wait for its workers, or waits for what is not its own", () => {
    const gate = pools()
      .resources("terraform_data")
      .find(({ properties }) => properties.provisioner !== undefined);

    const provisioners = gate?.properties.provisioner as { "local-exec": { command: string } }[] | undefined;
    expect(provisioners?.[0]?.["local-exec"].command).toMatch(
      / wait --table apps-registry --region eu-west-1 --managers 0 --pool batch-1=3 --pool web=1 --timeout 77$/,
    );
    expect(gate?.properties.depends_on).toContain(group("apps-worker-batch-1").address);
  });

  test("fails when nobody is told what its group is called", () => {
    expect(outputs(pools()).apps_worker_group_batch_1?.value).toBe(reference(group("apps-worker-batch-1"), "name"));
  });

  test("fails when two pools have one name", () => {
    expect(() => composition.parts.imported.addWorkerPool("web")).toThrow(
      /pool names must be unique in the cluster, got "web" again/,
    );
  });
});

describe("what a cluster tells of REX-Ray to pools elsewhere", () => {
  const plugin = "rexray/efs:0.11.4";
  const told = (storage: SwarmClusterProps["storage"]) => {
    const props = { ...clusterProps, network: networkProps, storage };
    return new Composition((stack) => new SwarmCluster(stack("cluster"), "Swarm", props)).parts.attributes.rexray;
  };

  test.each<[string, SwarmClusterProps["storage"], object?]>([
    ["nothing, where there is no storage", undefined],
    ["nothing, where it has none", { efs: {} }],
    ["nothing, where it is on managers only", { efs: {}, rexray: { plugin, on: "managers" } }],
    ["what it is, and for which pools", { efs: {}, rexray: { plugin, pools: ["web"] } }, { plugin, pools: ["web"] }],
  ])("%s", (_, storage, expected) => {
    expect(told(storage)).toEqual(expected && expect.objectContaining(expected));
  });
});

describe("a cluster of another app", () => {
  const attributes: SwarmClusterAttributes = {
    clusterName: "apps",
    region,
    network: {
      vpcId: "vpc-1",
      vpcCidr: "10.20.0.0/16",
      availabilityZones: ["eu-west-1a"],
      nodeSubnetIds: ["subnet-1"],
    },
    image: MachineImage.fromId("ami-0123456789abcdef0"),
    nonce: "nonce-1",
    workerSecurityGroupId: "sg-1",
    workerRoleUniqueId: "AROA1",
  };
  const build = (overrides: Partial<SwarmClusterAttributes> = {}, then: (cluster: ISwarmCluster) => void = () => {}) =>
    synth((scope) => then(SwarmCluster.fromClusterAttributes(scope, "Apps", { ...attributes, ...overrides })));

  test("fails when plain strings are not enough to add a pool", () => {
    const stack = build({}, (cluster) => cluster.addWorkerPool("batch"));

    expect(stack.resource("aws_launch_template").properties).toMatchObject({
      iam_instance_profile: { name: `apps-${region}-worker` },
      network_interfaces: [{ security_groups: ["sg-1"] }],
    });
    expect(locals(stack)).toEqual([
      expect.objectContaining({ nonce: "nonce-1", roleUniqueId: "AROA1", table: "apps-registry", slots: 3 }),
    ]);
  });

  test("fails when a provider of another kind is let through", () => {
    expect(() => build({ provider: "aws.ohio" as never })).toThrow(/provider must be/);
  });

  test("fails when a deploy waits that was told not to", () => {
    const stack = build({ readiness: { wait: false } }, (cluster) => cluster.addWorkerPool("batch"));

    expect(stack.resources("terraform_data")).toEqual([]);
  });

  test("fails when a name no cluster has, or another region than the provider's, is let through", () => {
    expect(() => build({ clusterName: "Apps!" })).toThrow(/stack\/Apps: .*clusterName must be/s);
    expect(() => build({ region: "eu-west-2" })).toThrow(
      /region must be the provider's \(eu-west-1\), got "eu-west-2"/,
    );
  });
});

describe("the provider", () => {
  const network = { ...networkProps, availabilityZones: ["us-east-2a"] };

  test("fails when a cluster in another region than its provider is let through", () => {
    const build = () =>
      synth((scope) => {
        new SwarmCluster(scope, "Swarm", { ...clusterProps, region: "us-east-2", network });
      });

    expect(build).toThrow(/Swarm\] region must be the provider's \(eu-west-1\), got "us-east-2"/);
  });

  test("fails when a cluster with a provider of its own asks another one anything", () => {
    const stack = synth((scope) => {
      const provider = new AwsProvider(scope, "Ohio", { region: "us-east-2", alias: "ohio" });
      new SwarmCluster(scope, "Swarm", { ...clusterProps, region: "us-east-2", network, provider });
    });

    const aws = [...stack.resources(), ...stack.dataSources()].filter(({ type }) => type.startsWith("aws_"));
    expect(aws.length).toBeGreaterThan(20);
    expect(aws.filter(({ properties }) => properties.provider !== "aws.ohio")).toEqual([]);
  });

  test("fails when something that is no provider, or is another stack's, is let through", () => {
    const [one, two] = new Composition((stack) => [stack("one"), stack("two")] as const).parts;
    const provider = new AwsProvider(two, "Ohio", { region: "us-east-2", alias: "ohio" });
    const build = (given: typeof one) =>
      new SwarmCluster(one, `Swarm-${given.node.id}`, {
        ...clusterProps,
        clusterName: "x",
        network: networkProps,
        provider: given as never,
      });

    expect(() => build(one)).toThrow(/provider must be an AwsProvider, got one/);
    expect(() => build(provider as never)).toThrow(/provider must be one of this stack, got two\/Ohio/);
  });
});
