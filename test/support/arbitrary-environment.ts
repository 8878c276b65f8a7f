import fc from "fast-check";
import type { AccessRule, BackendConfig, EnvironmentConfig, ImageConfig, StorageConfig } from "../../lib/config";
import { REGIONS, zonesOf } from "../../lib/limits/regions";
import { formatCidr, networkOf } from "../../lib/network/cidr";

const name = (longest: number) => fc.stringMatching(new RegExp(`^[a-z][a-z0-9-]{1,${longest - 1}}$`));
/** Making an arbitrary from a pattern costs far more than drawing from it, so each is made once, outside of `chain`. */
const clusterName = name(21).filter((candidate) => !candidate.startsWith("sg-"));
const poolName = name(20).filter((candidate) => candidate !== "manager");
const bucketName = fc.stringMatching(/^[a-z][a-z0-9-]{1,30}[a-z0-9]$/);
const tagValue = fc.stringMatching(/^[A-Za-z0-9 _.:/=+@-]{0,20}$/);
const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,14}[A-Za-z0-9]$/);
const instanceType = fc.constantFrom("t3.small", "t4g.medium", "m6i.large", "r7g.2xlarge", "u-6tb1.112xlarge");
const volumeSize = fc.integer({ min: 8, max: 16384 });

/** A block of a length, somewhere between two addresses. */
function block(first: number, last: number, prefix: fc.Arbitrary<number>): fc.Arbitrary<string> {
  return fc
    .record({ address: fc.integer({ min: first, max: last }), prefix })
    .map((cidr) => formatCidr(networkOf(cidr)));
}

/** VPCs are below 10.200, in 172.16/12 or in 192.168; overlay pools from 10.200 on: they never overlap. */
const vpcCidr = fc.oneof(
  block(0x0a000000, 0x0ac7ffff, fc.integer({ min: 16, max: 20 })),
  block(0xac100000, 0xac1fffff, fc.integer({ min: 16, max: 20 })),
  block(0xc0a80000, 0xc0a8ffff, fc.integer({ min: 16, max: 20 })),
);
const swarm: fc.Arbitrary<EnvironmentConfig["swarm"]> = fc.integer({ min: 14, max: 24 }).chain((prefix) =>
  fc.record({
    addressPool: block(0x0ac80000, 0x0affffff, fc.constant(prefix)),
    addressPoolMaskLength: fc.integer({ min: prefix + 1, max: 29 }),
    dataPathPort: fc.constantFrom(1024, 4789, 8472, 49151),
    dockerApi: fc.constantFrom("internal", "none"),
    heartbeatSeconds: fc.integer({ min: 1, max: 60 }),
    certExpiryHours: fc.integer({ min: 1, max: 87600 }),
    autolock: fc.boolean(),
    taskHistoryLimit: fc.integer({ min: 0, max: 1000 }),
  }),
);

const network = (region: string): fc.Arbitrary<EnvironmentConfig["network"]> =>
  fc
    .record({
      cidr: vpcCidr,
      availabilityZones: fc.shuffledSubarray(zonesOf(region), {
        minLength: 1,
        maxLength: Math.min(4, zonesOf(region).length),
      }),
      nodeSubnets: fc.constantFrom("public", "private"),
      nat: fc.constantFrom("none", "single", "per-zone"),
    } as const)
    // Nodes with public addresses need no gateway.
    .map((each) => (each.nodeSubnets === "public" ? { ...each, nat: "none" as const } : each));

const labels = fc.dictionary(
  word.filter((key) => !["az", "slot", "pool"].includes(key)),
  fc.stringMatching(/^[ -~]{0,20}$/),
  { maxKeys: 3 },
);

const tags = fc.dictionary(
  word.filter((key) => !/^(aws|cdktf-swarm)/i.test(key)),
  tagValue,
  { maxKeys: 3 },
);

const workers: fc.Arbitrary<EnvironmentConfig["workers"]> = fc.uniqueArray(
  fc
    .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }))
    .map((sizes) => sizes.sort((a, b) => a - b) as [number, number, number])
    .chain(([min, desired, max]) =>
      fc.record({
        name: poolName,
        desired: fc.constant(desired),
        min: fc.constant(min),
        max: fc.constant(max),
        instanceType,
        rootVolumeSizeGiB: volumeSize,
        labels,
      }),
    ),
  { maxLength: 3, selector: (pool) => pool.name },
);

const image: fc.Arbitrary<ImageConfig> = fc.oneof(
  fc.record({ id: fc.stringMatching(/^ami-[0-9a-f]{17}$/) }),
  fc.record({ ssmParameter: fc.stringMatching(/^(\/[a-z][a-z0-9-]{0,9}){1,3}$/) }),
  fc.record({
    name: fc.stringMatching(/^[a-z][a-z0-9-]{2,20}\*?$/),
    owners: fc.uniqueArray(fc.oneof(fc.constantFrom("self", "amazon"), fc.stringMatching(/^\d{12}$/)), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
);

const efs = fc.record({
  mountPath: fc.constantFrom("/mnt/efs", "/srv/shared", "/data"),
  throughputMode: fc.constantFrom("elastic", "bursting"),
} as const);
const volumes = fc.subarray(["jenkins", "registry", "grafana"], { minLength: 1 });
/** REX-Ray on some of these pools, or wherever it may run. */
const rexray = (pools: readonly string[]): fc.Arbitrary<NonNullable<StorageConfig["rexray"]>> =>
  fc
    .record({
      plugin: fc.constantFrom("rexray/efs", "acme/rexray-efs"),
      tag: fc.constantFrom("0.11.4", "latest"),
      on: fc.constantFrom("managers", "workers", "nodes"),
      pools: fc.option(fc.subarray([...pools]), { nil: undefined }),
      volumes,
    } as const)
    .map(({ pools: some, ...each }) =>
      some === undefined || each.on === "managers" ? each : { ...each, pools: some },
    );
const storage = (pools: readonly string[]): fc.Arbitrary<StorageConfig> =>
  fc.oneof(
    fc.constant({}),
    fc.record({ efs }),
    fc.record({ rexray: rexray(pools) }),
    fc.record({ efs, rexray: rexray(pools) }),
  );
/** Pools, and storage for them. */
const poolsWithStorage: fc.Arbitrary<Pick<EnvironmentConfig, "workers" | "storage">> = workers.chain((pools) =>
  fc.record({ workers: fc.constant(pools), storage: storage(pools.map((pool) => pool.name)) }),
);

const backend = (region: string): fc.Arbitrary<BackendConfig> =>
  fc.oneof(
    fc.constant({ type: "local" as const }),
    fc.record({
      type: fc.constant("s3" as const),
      bucket: bucketName,
      region: fc.oneof(fc.constant(region), fc.constantFrom(...REGIONS)),
      prefix: fc.constantFrom("", "cdktf-swarm/", "team/swarm/"),
    }),
  );

const accessRule: fc.Arbitrary<AccessRule> = fc
  .record(
    {
      description: fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ,.:/-]{0,40}$/),
      to: fc.constantFrom("managers", "workers", "nodes"),
      protocol: fc.constantFrom("tcp", "udp"),
      port: fc.constantFrom(22, 80, 443, 8080),
      length: fc.integer({ min: 0, max: 200 }),
      cidrs: fc.uniqueArray(block(0x0b000000, 0xdfffffff, fc.constant(24)), { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ["description", "to", "protocol", "port", "cidrs"] },
  )
  .map(({ length, ...rule }) => (length === undefined ? rule : { ...rule, toPort: rule.port + length }) as AccessRule);

/**
 * Valid environments with every default filled in, as `parseEnvironment` returns them. Small ones and corner cases
 * come as often as large ones: no pools, one zone, an isolated network, every number of managers.
 */
export const arbitraryEnvironment: fc.Arbitrary<EnvironmentConfig> = fc.constantFrom(...REGIONS).chain((region) =>
  fc
    .record({
      environment: clusterName,
      region: fc.constant(region),
      cluster: clusterName,
      tags,
      backend: backend(region),
      network: network(region),
      managers: fc.record({
        count: fc.constantFrom(1, 3, 5, 7),
        instanceType,
        rootVolumeSizeGiB: volumeSize,
      } as const),
      pools: poolsWithStorage,
      swarm,
      image,
      access: fc.array(accessRule, { maxLength: 3 }),
      readiness: fc.record({ timeoutSeconds: fc.integer({ min: 60, max: 7200 }) }),
    })
    .map(({ pools, ...each }) => ({ ...each, ...pools })),
);
