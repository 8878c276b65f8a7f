import fc from "fast-check";
import type { SwarmClusterProps } from "../../lib/cluster";
import { MachineImage } from "../../lib/nodes";
import { arbitraryEnvironment } from "./arbitrary-environment";

/** A configuration as a file could have it, valid or not. */
export type Configuration = Readonly<Record<string, unknown>>;

/** What stands in configurations where something else should. */
const JUNK: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  7,
  2377,
  1e6,
  2 ** 60,
  "",
  "a b",
  "constructor",
  "manager",
  "nonsense",
  "x".repeat(41),
  "x".repeat(300),
  "${var.x}",
  "/etc",
  "8.0.0.0/8",
  "172.17.0.0/16",
  "10.0.0.1/8",
  "eu-west-1f",
  "mars-1",
  [],
  {},
  ["a", "a"],
];

/** Fields that only the file has, and those whose absence a file and props tell alike. */
const FILE_ONLY = ["environment", "tags", "backend"];

/** Names that the limits are about, beside values of their own. */
const FIELDS: Readonly<Record<string, readonly unknown[]>> = {
  cluster: ["sg-apps", "x".repeat(40), "Apps", "apps"],
  region: ["eusc-de-east-1", "us-east-1", "eu-west-9", "US-EAST-1"],
  count: [1, 2, 3, 5, 7, 9, "3"],
  instanceType: ["huge", "t3.small"],
  desired: [0, 1, 1000, 1001],
  max: [0, 1, 1000, 1001],
  min: [0, 1, 1000, 1001],
  nat: ["none", "always"],
  nodeSubnets: ["public", "x"],
  dataPathPort: [1023, 1024, 2375, 7946, 49151, 49152],
  addressPool: ["10.255.0.0/16", "10.0.0.0/8", "192.168.0.0/16"],
  addressPoolMaskLength: [8, 9, 16, 29, 30],
  timeoutSeconds: [5, 59, 60, 7200, 7201],
  mountPath: ["/mnt/efs", "/etc", "mnt", `/${"x".repeat(255)}`],
  throughputMode: ["elastic", "fast"],
  port: [0, 1, 443, 2375, 65535, 65536],
  toPort: [0, 1, 443, 2375, 65535, 65536],
  labels: [{ az: "a" }, { tier: "web" }, { "a b": "c" }, { tier: 1 }],
  volumes: [["a", "a"], ["a b"], ["jenkins"]],
  on: ["managers", "nodes", "everything"],
  pools: [["a b"], ["general", "general"], ["manager"], []],
  owners: [["self"], ["nobody"], ["012345678901"]],
  id: ["ami-0123456789abcdef0", "ami-1"],
};

type Place = readonly PropertyKey[];

/** All places of a configuration but those that only a file has. */
function placesIn(value: unknown, path: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return [];
  return Reflect.ownKeys(value).flatMap((key) => {
    if (path.length === 0 && FILE_ONLY.includes(String(key))) return [];
    if (Array.isArray(value) && key === "length") return [];
    const place = [...path, key];
    return [place, ...placesIn(Reflect.get(value, key), place)];
  });
}

function changed(data: Configuration, place: Place, value: unknown): Configuration {
  const copy = structuredClone(data) as Record<PropertyKey, unknown>;
  const parent = place.slice(0, -1).reduce<unknown>((part, key) => Reflect.get(part as object, key), copy);
  const last = place.at(-1) as PropertyKey;
  if (value === undefined && !Array.isArray(parent)) Reflect.deleteProperty(parent as object, last);
  else Reflect.set(parent as object, last, value ?? null);
  return copy;
}

/** Configurations with up to three values replaced or left out: about half of them stay valid. */
export const arbitraryConfiguration: fc.Arbitrary<Configuration> = arbitraryEnvironment.chain((environment) => {
  const valid = { ...environment, cluster: environment.cluster } as unknown as Configuration;
  const change = fc.constantFrom(...placesIn(valid)).chain((place) => {
    const own = FIELDS[String(place.at(-1))] ?? [];
    // A field's own corner cases tell more than junk, which nothing takes.
    const values = [...own, ...own, ...own, undefined, ...JUNK];
    return fc.record({ place: fc.constant(place), value: fc.constantFrom(...values) });
  });
  return fc
    .array(change, { maxLength: 3 })
    .map((changes) => changes.reduce((data, { place, value }) => changeIfThere(data, place, value), valid));
});

function changeIfThere(data: Configuration, place: Place, value: unknown): Configuration {
  const parent = place
    .slice(0, -1)
    .reduce<unknown>((part, key) => (typeof part === "object" && part !== null ? Reflect.get(part, key) : part), data);
  return typeof parent === "object" && parent !== null ? changed(data, place, value) : data;
}

/** The same configuration as props of a cluster. */
export function propsOf(data: Configuration): SwarmClusterProps {
  const { environment, cluster, access, image, storage, tags: _, backend: __, ...rest } = data;
  return {
    ...rest,
    clusterName: cluster === undefined ? environment : cluster,
    accessRules: access,
    image: imageOf(image),
    storage: storageOf(storage),
  } as unknown as SwarmClusterProps;
}

function imageOf(image: unknown): unknown {
  if (typeof image !== "object" || image === null) return image;
  if ("id" in image) return MachineImage.fromId(image.id as string);
  if ("ssmParameter" in image) return MachineImage.fromSsmParameter(image.ssmParameter as string);
  const { name, owners } = image as { readonly name?: string; readonly owners?: readonly string[] };
  return name === undefined && owners === undefined
    ? image
    : MachineImage.fromName(name as string, owners as readonly string[]);
}

/** In props the plugin's tag is part of its reference. */
function storageOf(storage: unknown): unknown {
  const rexray = typeof storage === "object" && storage !== null ? Reflect.get(storage, "rexray") : undefined;
  if (typeof rexray !== "object" || rexray === null) return storage;
  const { plugin, tag, volumes = null, ...rest } = rexray as Readonly<Record<string, unknown>>;
  const reference = typeof plugin === "string" && typeof tag === "string" ? `${plugin}:${tag}` : undefined;
  return { ...(storage as object), rexray: { ...rest, plugin: reference, volumes } };
}
