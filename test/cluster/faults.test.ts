import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";
import { describe, expect, test } from "vitest";
import { SwarmCluster, type SwarmClusterProps } from "../../lib/cluster";
import { ValidationError } from "../../lib/errors";
import { MAX_CLUSTER_NAME_LENGTH, MAX_POOL_NAME_LENGTH, MAX_POOLS } from "../../lib/limits/names";
import { MachineImage, UserDataSnippet, WorkerPool } from "../../lib/nodes";
import { nodeGroupProps } from "../support/node-group";
import { synth } from "../support/synth";

const GOOD: SwarmClusterProps = {
  clusterName: "apps",
  region: "eu-west-1",
  network: { cidr: "10.20.0.0/16", availabilityZones: ["eu-west-1a"] },
  image: MachineImage.fromId("ami-0123456789abcdef0"),
};

/** The faults of a cluster, as the one `ValidationError` has them. Any other error is thrown on. */
function faultsOf(props: unknown): readonly string[] {
  try {
    synth((scope) => {
      new SwarmCluster(scope, "Swarm", props as SwarmClusterProps);
    });
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    expect(error.message).toMatch(/^stack\/Swarm: invalid properties\n/);
    return error.faults;
  }
  return [];
}

const placesOf = (props: unknown) => faultsOf(props).map((fault) => fault.split(" ")[0]);

test("fails when a cluster bad in 35 places does not name them all at once", () => {
  const pool = { name: "manager", labels: { az: "a", "a b": "c" }, instanceType: "huge", rootVolumeSizeGiB: 1 };
  const bad = {
    clusterName: "Apps!",
    region: "mars-1",
    image: MachineImage.fromName("x", ["nobody"]),
    network: { cidr: "8.8.0.0/30", availabilityZones: ["eu west 1a"], nodeSubnets: "x", nat: "always" },
    managers: { count: 2, instanceType: "big", rootVolumeSizeGiB: 4, rootDeviceName: "xvda" },
    workers: [pool, { name: "a", desired: 3, max: 1 }, { name: "a", min: 5, max: 2 }, { desired: -1 }],
    swarm: {
      addressPool: "8.0.0.0/8",
      addressPoolMaskLength: 40,
      dataPathPort: 2377,
      dockerApi: "x",
      heartbeatSeconds: 0,
      certExpiryHours: 0,
      taskHistoryLimit: -1,
      autolock: "yes",
    },
    storage: { efs: { mountPath: "/etc", throughputMode: "fast" }, rexray: { plugin: "rexray", volumes: [] } },
    accessRules: [{ description: "é", to: "all", protocol: "icmp", port: 0, cidrs: ["10.0.0.1/8"] }],
    readiness: { timeoutSeconds: 5 },
    userDataSnippets: [UserDataSnippet.shellScript("echo")],
    permissionsBoundary: "boundary",
  };

  const places = placesOf(bad);

  expect(places).toEqual([
    "clusterName",
    "region",
    "image.name",
    "image.owners[0]",
    "network.cidr",
    "network.availabilityZones[0]",
    "network.nodeSubnets",
    "network.nat",
    "managers.instanceType",
    "managers.rootVolumeSizeGiB",
    "managers.rootDeviceName",
    "managers.count",
    "workers[0].name",
    "workers[0].instanceType",
    "workers[0].rootVolumeSizeGiB",
    "workers[0].labels.az",
    'workers[0].labels["a',
    "workers[3].name",
    "workers[3].desired",
    "swarm.addressPool",
    "swarm.addressPoolMaskLength",
    "swarm.dockerApi",
    "swarm.heartbeatSeconds",
    "swarm.certExpiryHours",
    "swarm.taskHistoryLimit",
    "swarm.autolock",
    "storage.efs.throughputMode",
    "storage.efs.mountPath",
    "storage.rexray.plugin",
    "storage.rexray.volumes",
    "accessRules[0].description",
    "accessRules[0].to",
    "accessRules[0].protocol",
    "accessRules[0].port",
    "accessRules[0].cidrs[0]",
    "readiness.timeoutSeconds",
    "userDataSnippets[0]",
    "permissionsBoundary",
    "swarm.dataPathPort",
    "workers[2].name",
    "workers[1].desired",
    "workers[2].min",
  ]);
});

describe("what is missing, or of another type,", () => {
  const { image: _, network: __, ...rest } = GOOD;
  test.each<[string, unknown, RegExp]>([
    ["no props", undefined, /^must|^is missing/],
    ["an empty object", {}, /^region is missing/],
    ["no image", { ...GOOD, image: undefined }, /^image is missing: it must be a MachineImage; write MachineImage/],
    ["a text as image", { ...GOOD, image: "ami-1" }, /^image must be a MachineImage, got "ami-1"/],
    ["a number as id", { ...GOOD, image: MachineImage.fromId(5 as never) }, /^image.id must be the id.*got 5/],
    ["no network", { ...rest, image: GOOD.image }, /^either network .* got neither/],
    ["no cidr", { ...GOOD, network: { availabilityZones: ["eu-west-1a"] } }, /^network.cidr is missing/],
    ["no zones", { ...GOOD, network: { cidr: "10.20.0.0/16" } }, /^network.availabilityZones is missing/],
    ["a network that is none", { ...GOOD, network: "vpc-1" }, /^network must be an object with cidr/],
    ["an existing network that is none", { ...rest, image: GOOD.image, existingNetwork: {} }, /^existingNetwork.vpcId/],
    ["workers as a map", { ...GOOD, workers: { name: "a" } }, /^workers must be a list of at most 20 pools, got a map/],
    ["a pool without a name", { ...GOOD, workers: [{}] }, /^workers\[0\].name is missing/],
    ["a pool that is a text", { ...GOOD, workers: ["a"] }, /^workers\[0\] must be an object with name/],
    ["managers as null", { ...GOOD, managers: null }, /^managers must be an object/],
    ["a snippet that is a text", { ...GOOD, userDataSnippets: ["#!"] }, /^userDataSnippets\[0\] must be a UserDataSn/],
    ["a zone of no letter", { ...GOOD, network: { ...GOOD.network, availabilityZones: ["eu-west-1f"] } }, /eu-west-1f/],
  ])("fails when %s is answered with anything but a path and what to write", (_what, props, message) => {
    expect(faultsOf(props)).toContainEqual(expect.stringMatching(message));
  });
});

test("fails when a pool that is built by itself, or added, is judged less than one of a cluster", () => {
  const bad = { labels: { slot: "1" }, desired: 3, max: 1 };
  const faults = /labels.slot must not be "slot".*\n.*desired must be at most max, got desired 3 and max 1/;

  const alone = () =>
    synth((scope) => new WorkerPool(scope, "Pool", { ...nodeGroupProps(scope), name: "web", ...bad }));
  const added = () => synth((scope) => new SwarmCluster(scope, "Swarm", GOOD).addWorkerPool("web", bad));

  expect(alone).toThrow(faults);
  expect(added).toThrow(faults);
});

describe("two clusters of one name", () => {
  test("fails when a stack has both", () => {
    const build = () =>
      synth((scope) => {
        new SwarmCluster(scope, "One", GOOD);
        new SwarmCluster(scope, "Two", GOOD);
      });

    expect(build).toThrow(ValidationError);
    expect(build).toThrow(/stack\/Two: .*clusterName must be unique in the stack, got "apps", which is stack\/One's/s);
  });

  const app = (second: { profile?: string; region?: string }) => {
    const root = Testing.stubVersion(new App({ stackTraces: false }));
    const stacks = [{}, second].map(({ profile, region = "eu-west-1" }: typeof second, index) => {
      const stack = new TerraformStack(root, `stack-${index}`);
      new AwsProvider(stack, "Aws", { region, profile });
      const network = { cidr: "10.20.0.0/16", availabilityZones: [`${region}a`] };
      new SwarmCluster(stack, "Swarm", { ...GOOD, region, network });
      return stack;
    });
    return stacks.map((stack) => () => Testing.synth(stack, true));
  };

  test("fails when two stacks have them in one account and region", () => {
    const taken = /clusterName must be unique in the account and region, got "apps"/;
    for (const synthStack of app({})) expect(synthStack).toThrow(taken);
  });

  test.each([{ profile: "other" }, { region: "us-east-1" }])("fails when %j is taken for the same", (second) => {
    for (const synthStack of app(second)) expect(synthStack).not.toThrow();
  });
});

test("fails when the policy of as many pools as there may be, of the longest names, is longer than AWS takes", () => {
  const workers = Array.from({ length: MAX_POOLS }, (_, index) => ({
    name: `pool-${String(index).padStart(2, "0")}`.padEnd(MAX_POOL_NAME_LENGTH, "x"),
  }));
  const clusterName = "c".repeat(MAX_CLUSTER_NAME_LENGTH);

  // The role's own validation runs at synth.
  const build = () => synth((scope) => new SwarmCluster(scope, "Swarm", { ...GOOD, clusterName, workers }));

  expect(build).not.toThrow();
});
