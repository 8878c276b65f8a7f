import { REGIONS } from "../../lib/limits/regions";

type Tree = Record<string | number, unknown>;
type Path = readonly (string | number)[];

/** A valid file with everything in it. */
const FULL = {
  environment: "dev",
  region: "us-east-1",
  cluster: "apps",
  tags: { team: "platform" },
  backend: { type: "s3", bucket: "states", region: "us-east-1", prefix: "a/" },
  network: {
    cidr: "10.20.0.0/16",
    availabilityZones: ["us-east-1a", "us-east-1b"],
    nodeSubnets: "private",
    nat: "single",
  },
  managers: { count: 3, instanceType: "t3.small", rootVolumeSizeGiB: 20 },
  workers: [{ name: "general", desired: 1, min: 0, max: 4, labels: { tier: "web" } }],
  swarm: { addressPool: "10.255.0.0/16", addressPoolMaskLength: 24, dataPathPort: 4789, dockerApi: "internal" },
  image: { name: "swarm-node", owners: ["self"] },
  storage: {
    efs: { mountPath: "/data", throughputMode: "elastic" },
    rexray: { plugin: "rexray/efs", tag: "0.11.4", on: "nodes", pools: ["general"], volumes: ["jenkins", "grafana"] },
  },
  access: [{ description: "web", to: "workers", protocol: "tcp", port: 443, toPort: 444, cidrs: ["0.0.0.0/0"] }],
  readiness: { timeoutSeconds: 900 },
};

const letters = (length: number) => "a".repeat(length);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const entries = (count: number) => Object.fromEntries(range(1, count).map((index) => [`k${index}`, "v"]));

/** Blocks inside, outside and at the borders of what is private, Docker's own or anything at all. */
const blocks = (lengths: readonly number[]) =>
  [
    ...["0.0.0.0", "10.0.0.0", "10.20.0.0", "10.20.128.0", "10.20.5.0", "10.20.0.128", "10.255.255.255", "11.0.0.0"],
    ...["100.63.0.0", "100.64.0.0", "100.127.0.0", "100.128.0.0", "172.15.0.0", "172.16.0.0", "172.17.0.0"],
    ...["172.31.0.0", "172.32.0.0", "192.168.0.0", "192.168.255.0", "192.169.0.0", "255.255.255.255", "256.0.0.0"],
    ...["128.0.0.0", "010.0.0.0", "10.0.0", "10.0.0.0.0"],
  ].flatMap((address) => lengths.map((length) => `${address}/${length}`));

const ports = [1, 0, 1023, 1024, 2374, 2375, 2376, 2377, 2378, 7945, 7946, 7947, 49151, 49152, 65535, 65536];

/** Values at both sides of every limit. */
const EDGES: readonly (readonly [Path, readonly unknown[]])[] = [
  ...([["environment"], ["cluster"], ["workers", 0, "name"]] as const).map(
    (path) =>
      [
        path,
        ["sg-a", "sg", "constructor", "constructors", "manager", "managers", ...range(1, 42).map(letters)],
      ] as const,
  ),
  [["region"], [...REGIONS, "us-east-1a", "mars-1", "US-EAST-1"]],
  [["tags"], [{}, entries(40), entries(41), { "aws:a": "" }, { "AWS:a": "" }, { "cdktf-swarm:a": "" }, { aws: "" }]],
  [["tags"], [{ [letters(128)]: "" }, { [letters(129)]: "" }, { a: letters(256) }, { a: letters(257) }, { "": "" }]],
  [["tags"], [JSON.parse('{"__proto__": "a"}'), { constructor: "a" }, { "CDKTF-swarm:a": "" }, { é: "ü" }]],
  [["network", "cidr"], blocks([8, 12, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25])],
  [
    ["network", "availabilityZones"],
    [[], ["us-east-1a", "us-east-1a"], ["us-east-1g"], ["eu-west-1a"], ["us-east-1"]],
  ],
  [
    ["network", "availabilityZones"],
    [range(0, 5).map((n) => `us-east-1${"abcdef"[n]}`), range(0, 6).map(String)],
  ],
  [
    ["network", "nodeSubnets"],
    ["public", "none"],
  ],
  [
    ["network", "nat"],
    ["none", "single", "per-zone", "two"],
  ],
  [["network"], ["none", "single", "per-zone"].map((nat) => ({ ...FULL.network, nodeSubnets: "public", nat }))],
  [
    ["managers", "count"],
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 3.5, "3", null],
  ],
  [
    ["managers", "rootVolumeSizeGiB"],
    [7, 8, 16384, 16385, 8.5, 1e300],
  ],
  [
    ["workers", 0, "max"],
    [-1, 1000, 1001, 4.5],
  ],
  [
    ["workers", 0, "labels"],
    [{ az: "" }, { slot: "" }, { pool: "" }, { azs: "" }, { [letters(63)]: "" }],
  ],
  [
    ["workers", 0, "labels"],
    [entries(50), entries(51), { [letters(64)]: "" }, { a: letters(255) }, { a: letters(256) }],
  ],
  [["swarm", "addressPool"], blocks([7, 8, 9, 10, 11, 12, 15, 16, 17, 20, 23])],
  [
    ["swarm", "addressPoolMaskLength"],
    [8, 17, 29, 30],
  ],
  [["swarm", "dataPathPort"], ports],
  [
    ["swarm", "heartbeatSeconds"],
    [0, 1, 60, 61],
  ],
  [
    ["swarm", "certExpiryHours"],
    [0, 1, 87600, 87601],
  ],
  [
    ["swarm", "taskHistoryLimit"],
    [-1, 0, 1000, 1001],
  ],
  [
    ["swarm", "autolock"],
    [true, false, "yes", 1],
  ],
  [["image"], [{}, { id: "ami-12345678" }, { id: "ami-123456789" }, { id: `ami-${letters(17)}` }, { name: "abc" }]],
  [["image"], [{ ssmParameter: "/a/b" }, { ssmParameter: "a" }, { id: "ami-12345678", name: "abc", owners: ["self"] }]],
  [
    ["image", "owners"],
    [[], ["012345678901"], ["1234"], [12345678901], ["amazon"], range(1, 21).map(() => "self")],
  ],
  [
    ["storage", "efs", "mountPath"],
    ["/", "/etc", "/etcs", "/etc/a", "/var/lib", "/a/../b", "/a/", "/mnt", "/a//b"],
  ],
  [
    ["storage", "efs", "mountPath"],
    [`/${letters(254)}`, `/${letters(255)}`],
  ],
  [
    ["storage", "rexray", "plugin"],
    [letters(255), letters(256), "a:5000/b", "a:b", "A", "a__b", "a.b/c-d_e"],
  ],
  [
    ["storage", "rexray", "tag"],
    [letters(128), letters(129), "-a", ""],
  ],
  [
    ["storage", "rexray", "volumes"],
    [[], ["a", "a"], ["a", "b"], [letters(64)], [letters(65)]],
  ],
  [
    ["storage", "rexray", "volumes"],
    [range(1, 20).map((n) => `v${n}`), range(1, 21).map((n) => `v${n}`)],
  ],
  [
    ["storage", "rexray", "on"],
    ["managers", "workers", "nodes", "masters", null],
  ],
  [
    ["storage", "rexray", "pools"],
    [[], ["general", "general"], ["manager"], ["a b"], [letters(33)], null],
  ],
  [
    ["storage", "rexray"],
    [undefined, [], ["general"]].map((pools) => ({
      plugin: "rexray/efs",
      tag: "0.11.4",
      on: "managers",
      volumes: ["jenkins"],
      ...(pools === undefined ? {} : { pools }),
    })),
  ],
  [["access", 0, "port"], ports],
  [["access", 0, "toPort"], ports.map((port) => port + 1)],
  [
    ["access", 0, "description"],
    ["", letters(255), letters(256), "a${b}", "a$b"],
  ],
  [
    ["access", 0, "cidrs"],
    [[], ...blocks(range(0, 33)).map((block) => [block])],
  ],
  [
    ["readiness", "timeoutSeconds"],
    [59, 60, 7200, 7201],
  ],
  [["backend"], [{}, { type: "local" }, { type: "local", bucket: "b" }, { type: "s3" }, { type: "s4" }, null]],
  [
    ["backend", "bucket"],
    ["ab", "abc", letters(63), letters(64), "a.b", "a-", "A"],
  ],
  [
    ["backend", "prefix"],
    ["", "/a", letters(200), letters(201)],
  ],
];

/** Documents that differ from a valid one in a single place. */
export function edgeDocuments(): unknown[] {
  const edges = EDGES.flatMap(([path, values]) => values.map((value) => withValue(path, value)));
  return [FULL, ...edges, ...withCharacters(), ...withoutKeys()];
}

/** With one more character at the end of each text: those that mean something somewhere. */
function withCharacters(): unknown[] {
  const characters = [..." \n\t\r\u0000\u007f\u0085\u00a0!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~aA0é٣"];
  return leavesOf(FULL).flatMap(({ path, value }) =>
    typeof value === "string" ? characters.map((character) => withValue(path, value + character)) : [],
  );
}

/** Without one of the keys, or with one more. */
function withoutKeys(): unknown[] {
  return leavesOf(FULL, true).flatMap(({ path }) => [
    withValue(path, undefined),
    withValue(path, null),
    withValue([...path.slice(0, -1), "unknown"], 1),
  ]);
}

function withValue(path: Path, value: unknown): unknown {
  const root = structuredClone(FULL) as unknown as Tree;
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as Tree, root);
  const last = path.at(-1) as string;
  if (value === undefined && !Array.isArray(parent)) delete parent[last];
  else parent[last] = value ?? null;
  return root;
}

function leavesOf(tree: unknown, withParents = false, path: Path = []): { path: Path; value: unknown }[] {
  if (typeof tree !== "object" || tree === null) return [{ path, value: tree }];
  const keys = Array.isArray(tree) ? [...tree.keys()] : Object.keys(tree);
  const below = keys.flatMap((key) => leavesOf((tree as Tree)[key], withParents, [...path, key]));
  return withParents && path.length > 0 ? [{ path, value: tree }, ...below] : below;
}
