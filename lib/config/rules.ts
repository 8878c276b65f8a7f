import { basename, extname } from "node:path";
import { type DeepPartial, orDefault } from "../limits/draft";
import type { Finding } from "../limits/finding";
import { either, show, suggest } from "../limits/messages";
import { zonesOf } from "../limits/regions";
import { overlaps, parseCidr } from "../network/cidr";
import { DEFAULT_DATA_PATH_PORT } from "../registry/node-settings";
import { poolSizes } from "./defaults";
import type { EnvironmentInput } from "./schema/environment";
import { DEFAULT_ADDRESS_POOL, DEFAULT_MASK_LENGTH } from "./schema/network";

type Draft = DeepPartial<EnvironmentInput>;

/** Checks fields against each other, as far as they are valid by themselves. */
type Rule = (draft: Draft) => readonly Finding[];

/** Networks that a Docker daemon gives its local bridges, which overlay networks must leave alone. */
const DOCKER_LOCAL_POOLS = [...Array.from({ length: 15 }, (_, index) => `172.${17 + index}.0.0/16`), "192.168.0.0/16"];

/** Ports of the swarm itself, which only nodes and operators may reach. */
const SWARM_PORTS = [
  { first: 2375, last: 2377, use: "the Docker API and the swarm's management" },
  { first: 7946, last: 7946, use: "gossip between nodes" },
] as const;

/** Subnets are sixteenths of the VPC. */
const SUBNET_BITS = 4;
/** AWS keeps five addresses of a subnet; five endpoints and a mount target may take one each. */
const ADDRESSES_NOT_FOR_NODES = 11;

const zonesBelongToRegion: Rule = ({ region, network }) => {
  if (region === undefined) return [];
  const known = zonesOf(region);
  return (network?.availabilityZones ?? []).flatMap((zone, index) =>
    zone === undefined || known.includes(zone)
      ? []
      : {
          path: ["network", "availabilityZones", index],
          message: `must be a zone of ${region}, got ${show(zone)}; write ${suggestZone(zone, known)}`,
        },
  );
};

function suggestZone(zone: string, known: readonly string[]): string {
  // One letter is off in nearly every mistake, so a suggestion would be a guess unless the letter itself is right.
  const meant = known.filter((candidate) => candidate.at(-1) === zone.at(-1));
  return meant.length === 1 && suggest(zone, meant) !== undefined ? `${meant[0]}` : either(known);
}

const zonesAreUnique: Rule = ({ network }) =>
  repeated(network?.availabilityZones ?? []).map(({ value, index }) => ({
    path: ["network", "availabilityZones", index],
    message: `must be named once, got ${show(value)} again; write another zone, or drop it`,
  }));

const nodesFitIntoSubnets: Rule = (draft) => {
  const { network, workers } = draft;
  const vpc = parseCidr(network?.cidr ?? "");
  const zones = network?.availabilityZones?.length ?? 0;
  if (vpc === undefined || zones === 0) return [];
  // A size that is faulty by itself asks for nothing here.
  const managers = orDefault(orDefault(draft, "managers", {}), "count", 3) ?? 0;
  const pools = (workers ?? []).map((pool) => orDefault(pool, "max", poolSizes(pool ?? {}).max) ?? 0);
  const wanted = pools.reduce((sum, max) => sum + max, managers);
  const room = zones * (2 ** (32 - vpc.prefix - SUBNET_BITS) - ADDRESSES_NOT_FOR_NODES);
  if (wanted <= room) return [];
  const message = `must have an address for every node, got ${network?.cidr}, whose subnets in ${zones === 1 ? "one zone" : `${zones} zones`} hold ${room} of up to ${wanted} nodes; write a larger block, like a /16, or a smaller max of the pools`;
  return [{ path: ["network", "cidr"], message }];
};

const addressPoolStandsApart: Rule = (draft) => {
  const { network } = draft;
  const swarm = swarmOf(draft);
  const given = orDefault(swarm, "addressPool", DEFAULT_ADDRESS_POOL);
  const pool = parseCidr(given ?? "");
  if (pool === undefined) return [];
  const path = ["swarm", "addressPool"];
  const vpc = parseCidr(network?.cidr ?? "");
  const findings: Finding[] = [];
  if (vpc !== undefined && overlaps(pool, vpc)) {
    // Whoever left the pool to its default reads about the field they wrote.
    const wrotePool = swarm?.addressPool !== undefined;
    findings.push({
      path: wrotePool ? path : ["network", "cidr"],
      message: wrotePool
        ? `must not overlap the VPC, got ${given} beside network.cidr ${network?.cidr}; write a block apart from it, like ${apartFrom(vpc)}`
        : `must not overlap swarm.addressPool, got ${network?.cidr} beside ${given}; write another block, or an addressPool apart from it, like ${apartFrom(vpc)}`,
    });
  }
  const local = DOCKER_LOCAL_POOLS.filter((text) => {
    const block = parseCidr(text);
    return block !== undefined && overlaps(pool, block);
  });
  if (local.length > 0) {
    findings.push({
      path,
      message: `must not overlap the networks Docker gives to local bridges (172.17.0.0/16 to 172.31.0.0/16 and 192.168.0.0/16), got ${given}; write a block apart from them, like 10.255.0.0/16`,
    });
  }
  return findings;
};

function swarmOf(draft: Draft): Draft["swarm"] {
  return orDefault(draft, "swarm", {});
}

function apartFrom(vpc: NonNullable<ReturnType<typeof parseCidr>>): string {
  const usual = ["10.255.0.0/16", "10.254.0.0/16"];
  return usual.find((text) => {
    const block = parseCidr(text);
    return block !== undefined && !overlaps(block, vpc);
  }) as string;
}

const addressPoolHoldsNetworks: Rule = (draft) => {
  const swarm = swarmOf(draft);
  const pool = parseCidr(orDefault(swarm, "addressPool", DEFAULT_ADDRESS_POOL) ?? "");
  const mask = orDefault(swarm, "addressPoolMaskLength", DEFAULT_MASK_LENGTH);
  if (pool === undefined || mask === undefined || mask > pool.prefix) return [];
  const path = ["swarm", swarm?.addressPoolMaskLength === undefined ? "addressPool" : "addressPoolMaskLength"];
  return [
    {
      path,
      message: `must leave room for more than one network: networks of /${mask} do not fit into a pool of /${pool.prefix}, got ${mask}; write a mask length from ${pool.prefix + 1} to 29, or a larger pool`,
    },
  ];
};

const dataPathPortIsFree: Rule = ({ swarm }) => {
  const port = swarm?.dataPathPort;
  const taken = SWARM_PORTS.find(({ first, last }) => port !== undefined && port >= first && port <= last);
  if (taken === undefined) return [];
  const message = `must be a port the swarm does not use, got ${port}, which is for ${taken.use}; write 4789`;
  return [{ path: ["swarm", "dataPathPort"], message }];
};

const poolNamesAreUnique: Rule = ({ workers }) =>
  repeated((workers ?? []).map((pool) => pool?.name)).map(({ value, index }) => ({
    path: ["workers", index, "name"],
    message: `must be unique among the pools, got ${show(value)} again; write another name`,
  }));

const poolSizesAreOrdered: Rule = ({ workers }) =>
  (workers ?? []).flatMap((pool, index): Finding[] => {
    if (pool === undefined) return [];
    const { desired, min, max } = poolSizes(pool);
    const at = (field: string, message: string): Finding[] => [{ path: ["workers", index, field], message }];
    if (pool.min !== undefined && pool.max !== undefined && min > max) {
      return at(
        "min",
        `must be at most max, got min ${min} and max ${max}; write a min up to ${max}, or a max from ${min}`,
      );
    }
    // A size that is faulty by itself takes no part: what the others would be compared with is not known.
    if (pool.desired === undefined) return [];
    if (pool.min !== undefined && desired < min) {
      return at("desired", `must be at least min, got desired ${desired} and min ${min}; write ${min} or more`);
    }
    if (pool.max !== undefined && desired > max) {
      return at("desired", `must be at most max, got desired ${desired} and max ${max}; write ${max} or less`);
    }
    return [];
  });

const accessStaysOffSwarmPorts: Rule = (draft) => {
  const dataPath = orDefault(swarmOf(draft), "dataPathPort", DEFAULT_DATA_PATH_PORT);
  const closed = [
    ...SWARM_PORTS,
    ...(dataPath === undefined ? [] : [{ first: dataPath, last: dataPath, use: "overlay traffic" }]),
  ];
  return (draft.access ?? []).flatMap((rule, index): Finding[] => {
    const first = rule?.port;
    if (rule === undefined || first === undefined) return [];
    const last = orDefault(rule, "toPort", first);
    if (last === undefined) return [];
    if (last < first) {
      const message = `must not be below port, got ${last} and port ${first}; write ${first} or more, or drop toPort`;
      return [{ path: ["access", index, "toPort"], message }];
    }
    return closed
      .filter((port) => first <= port.last && port.first <= last)
      .map((port) => ({
        path: ["access", index, first >= port.first ? "port" : "toPort"],
        message: `must not open ${span(port.first, port.last)}, which is for ${port.use}, got ${span(first, last)}; write ports apart from it`,
      }));
  });
};

function span(first: number, last: number): string {
  return first === last ? `port ${first}` : `ports ${first} to ${last}`;
}

const openingsAreUnique: Rule = ({ access }) => {
  const seen = new Set<string>();
  return (access ?? []).flatMap((rule, index) =>
    (rule?.cidrs ?? []).flatMap((cidr, place): Finding[] => {
      if (rule?.to === undefined || rule.protocol === undefined || rule.port === undefined || cidr === undefined)
        return [];
      const groups = rule.to === "nodes" ? ["managers", "workers"] : [rule.to];
      const openings = groups.map((group) =>
        [group, rule.protocol, rule.port, rule.toPort ?? rule.port, cidr].join(" "),
      );
      const isRepeated = openings.some((opening) => seen.has(opening));
      for (const opening of openings) seen.add(opening);
      if (!isRepeated) return [];
      // AWS refuses the second of two equal rules, in the middle of a deployment.
      const message = `must be opened once for the same nodes and ports, got ${cidr} again; drop it here`;
      return [{ path: ["access", index, "cidrs", place], message }];
    }),
  );
};

const volumesAreUnique: Rule = ({ storage }) => {
  const volumes = storage?.rexray?.volumes ?? [];
  return volumes.flatMap((volume, index) => {
    if (volume === undefined || volumes.indexOf(volume) === index) return [];
    const message = `must be named once, got ${volume} again; drop it here`;
    return [{ path: ["storage", "rexray", "volumes", index], message }];
  });
};

const RULES: readonly Rule[] = [
  zonesBelongToRegion,
  zonesAreUnique,
  nodesFitIntoSubnets,
  addressPoolStandsApart,
  addressPoolHoldsNetworks,
  dataPathPortIsFree,
  poolNamesAreUnique,
  poolSizesAreOrdered,
  accessStaysOffSwarmPorts,
  openingsAreUnique,
  volumesAreUnique,
];

/** Everything wrong between fields, and between the fields and the name of the file. */
export function checkRules(draft: Draft, file: string): Finding[] {
  return [...environmentIsNamedLikeFile(draft, file), ...RULES.flatMap((rule) => rule(draft))];
}

function environmentIsNamedLikeFile({ environment }: Draft, file: string): Finding[] {
  const name = basename(file, extname(file));
  if (environment === undefined || environment === name) return [];
  const message = `must be the name of the file, got ${show(environment)} in ${basename(file)}; write ${name}, or rename the file to ${environment}.yaml`;
  return [{ path: ["environment"], message }];
}

function repeated(values: readonly (string | undefined)[]): { value: string; index: number }[] {
  return values.flatMap((value, index) =>
    value !== undefined && values.indexOf(value) < index ? [{ value, index }] : [],
  );
}
