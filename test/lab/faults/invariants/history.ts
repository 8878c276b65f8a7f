import type { ClusterRecord, Phase } from "../../../../lib/registry/records";
import type { Sample } from "../watch/sample";

/** Steps of a cluster that are no step forward: a claim that is given back, a reset (P5), and an operator's recovery. */
const BACKWARD: readonly (readonly [Phase, Phase])[] = [
  ["initializing", "unclaimed"],
  ["forming", "initializing"],
  ["ready", "recovering"],
];
const ORDER: readonly Phase[] = ["unclaimed", "initializing", "forming", "recovering", "ready", "destroying"];

/** V1: one cluster for each nonce and generation is ever ready, and what only grows never falls. */
export function historyFaults(samples: readonly Sample[]): string[] {
  const records = samples.flatMap(({ registry }) => registry?.cluster ?? []);
  const steps = records.slice(1).map((after, index) => [records[index] ?? after, after] as const);
  return [...steps.flatMap(([before, after]) => stepFaults(before, after)), ...readyTwice(records)];
}

function stepFaults(before: ClusterRecord, after: ClusterRecord): string[] {
  if (before.nonce !== after.nonce) return [];
  const faults: string[] = [];
  for (const field of ["epoch", "generation"] as const)
    if (after[field] < before[field]) faults.push(`V1: ${field} fell from ${before[field]} to ${after[field]}`);
  const isSame = before.clusterId === after.clusterId && before.generation === after.generation;
  if (isSame && (after.tokenIndex ?? 0) < (before.tokenIndex ?? 0))
    faults.push(`V1: tokenIndex fell from ${before.tokenIndex} to ${after.tokenIndex}`);
  const isBack = ORDER.indexOf(after.phase) < ORDER.indexOf(before.phase);
  const isAllowed = BACKWARD.some(([from, to]) => from === before.phase && to === after.phase);
  if (isBack && !isAllowed) faults.push(`V1: the phase went from ${before.phase} back to ${after.phase}`);
  return faults;
}

function readyTwice(records: readonly ClusterRecord[]): string[] {
  const ready = new Map<string, Set<string>>();
  for (const { phase, nonce, generation, clusterId } of records) {
    if (phase !== "ready" || clusterId === undefined) continue;
    const life = `nonce ${nonce}, generation ${generation}`;
    ready.set(life, (ready.get(life) ?? new Set()).add(clusterId));
  }
  return [...ready]
    .filter(([, clusters]) => clusters.size > 1)
    .map(([life, clusters]) => `V1: ${[...clusters].join(" and ")} were ready, both of ${life}`);
}

/** V7: the stored token is of the stored cluster; two looks in a row, as the records are not read at one moment. */
export function tokenFaults(samples: readonly Sample[]): string[] {
  const isForeign = ({ registry }: Sample): boolean => {
    const { cluster, token } = registry ?? {};
    const isPublished = cluster?.phase === "forming" || cluster?.phase === "ready";
    return isPublished && token !== undefined && token.clusterId !== cluster.clusterId;
  };
  const at = samples.findIndex((sample, index) => {
    const next = samples[index + 1];
    return next !== undefined && isForeign(sample) && isForeign(next);
  });
  const { cluster, token } = samples[at]?.registry ?? {};
  return at < 0 ? [] : [`V7: the token is of ${token?.clusterId}, the cluster is ${cluster?.clusterId}`];
}
