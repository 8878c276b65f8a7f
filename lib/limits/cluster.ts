import { accessFindings } from "./access";
import { type DeepPartial, orDefault } from "./draft";
import { below, type Finding, formatPath, type Path } from "./finding";
import { addressPool, localPoolFault, natFault, overlap, poolApartFrom, roomFault, zoneFindings } from "./network";
import { managerCount, poolNameFindings, poolSizeFindings, poolSizes } from "./nodes";
import { type RexrayParts, rexrayFindings } from "./storage";
import { addressPoolMaskLength, dataPathPort, maskLengthFault, takenPortFault } from "./swarm";

/** What rules over several fields of a cluster look at. */
interface Cluster {
  readonly region: string;
  readonly network: {
    readonly cidr: string;
    readonly availabilityZones: readonly string[];
    readonly nodeSubnets?: string;
    readonly nat?: string;
  };
  readonly managers: { readonly count: number };
  readonly workers: readonly {
    readonly name: string;
    readonly desired?: number;
    readonly min?: number;
    readonly max?: number;
  }[];
  readonly swarm: {
    readonly addressPool: string;
    readonly addressPoolMaskLength: number;
    readonly dataPathPort: number;
  };
  readonly storage: { readonly rexray?: RexrayParts };
  readonly accessRules: readonly {
    readonly to: "managers" | "workers" | "nodes";
    readonly protocol: "tcp" | "udp";
    readonly port: number;
    readonly toPort?: number;
    readonly cidrs: readonly string[];
  }[];
}

/** A cluster of which only what is valid by itself is there. */
export type ClusterDraft = DeepPartial<Cluster>;

/** What the parts of a cluster are called where it is described. */
export interface ClusterNames {
  /** The block of the VPC. */
  readonly vpc: Path;
  readonly accessRules: Path;
}

/** Everything wrong between the fields of a cluster. */
export function clusterFindings(draft: ClusterDraft, names: ClusterNames): Finding[] {
  const { region, network, workers = [], swarm } = draft;
  const port = swarm?.dataPathPort;
  const overlayPort = orDefault(swarmOf(draft), "dataPathPort", dataPathPort.default);
  return [
    ...below(["network", "availabilityZones"], zoneFindings(network?.availabilityZones ?? [], region)),
    ...roomFindings(draft),
    ...found(["network", "nat"], natFault(network?.nat, network?.nodeSubnets)),
    ...poolFindings(draft, names.vpc),
    ...networkLengthFindings(draft),
    ...found(["swarm", "dataPathPort"], port === undefined ? undefined : takenPortFault(port)),
    ...below(["workers"], poolNameFindings(workers.map((pool) => pool?.name))),
    ...workers.flatMap((pool, index) => below(["workers", index], pool === undefined ? [] : poolSizeFindings(pool))),
    ...below(names.accessRules, accessFindings(draft.accessRules ?? [], overlayPort)),
    ...below(["storage", "rexray"], rexrayFindings(draft.storage?.rexray ?? {})),
  ];
}

function found(path: Path, message: string | undefined): Finding[] {
  return message === undefined ? [] : [{ path, message }];
}

function swarmOf(draft: ClusterDraft): ClusterDraft["swarm"] {
  return orDefault(draft, "swarm", {});
}

function roomFindings(draft: ClusterDraft): Finding[] {
  const { network, workers = [] } = draft;
  // A size that is faulty by itself asks for nothing here.
  const managers = orDefault(orDefault(draft, "managers", {}), "count", managerCount.default) ?? 0;
  const pools = workers.map((pool) => orDefault(pool, "max", poolSizes(pool ?? {}).max) ?? 0);
  const nodes = pools.reduce((sum, max) => sum + max, managers);
  return found(["network", "cidr"], roomFault(network?.cidr ?? "", network?.availabilityZones?.length ?? 0, nodes));
}

function poolFindings(draft: ClusterDraft, vpcPath: Path): Finding[] {
  const swarm = swarmOf(draft);
  const pool = orDefault(swarm, "addressPool", addressPool.default);
  if (pool === undefined) return [];
  const path = ["swarm", "addressPool"];
  return [
    ...overlapFindings(pool, swarm?.addressPool !== undefined, draft.network?.cidr, vpcPath),
    ...found(path, localPoolFault(pool)),
  ];
}

/** Whoever left the pool to its default reads about the field they wrote. */
function overlapFindings(pool: string, wrotePool: boolean, vpc: string | undefined, vpcPath: Path): Finding[] {
  if (vpc === undefined || !overlap(pool, vpc)) return [];
  const apart = poolApartFrom(vpc);
  if (wrotePool) {
    const message = `must not overlap the VPC, got ${pool} beside ${formatPath(vpcPath)} ${vpc}; write a block apart from it, like ${apart}`;
    return [{ path: ["swarm", "addressPool"], message }];
  }
  const message = `must not overlap swarm.addressPool, got ${vpc} beside ${pool}; write another block, or an addressPool apart from it, like ${apart}`;
  return [{ path: vpcPath, message }];
}

function networkLengthFindings(draft: ClusterDraft): Finding[] {
  const swarm = swarmOf(draft);
  const pool = orDefault(swarm, "addressPool", addressPool.default);
  const mask = orDefault(swarm, "addressPoolMaskLength", addressPoolMaskLength.default);
  if (pool === undefined || mask === undefined) return [];
  const field = swarm?.addressPoolMaskLength === undefined ? "addressPool" : "addressPoolMaskLength";
  return found(["swarm", field], maskLengthFault(pool, mask));
}
