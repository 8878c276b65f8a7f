import type { Sample } from "../watch/sample";
import { slotOf } from "../watch/sample";

/** Which instance a node runs on, by all that was ever seen. */
export function whereabouts(samples: readonly Sample[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { hosts } of samples)
    for (const { engine, instanceId } of hosts) if (engine?.nodeId !== undefined) found.set(engine.nodeId, instanceId);
  return found;
}

/** Clusters that the registry ever named. */
export function published(samples: readonly Sample[]): ReadonlySet<string> {
  return new Set(samples.flatMap(({ registry }) => registry?.cluster?.clusterId ?? []));
}

/** The slots there are, each with an instance that was launched for it. */
export function slotInstances(sample: Sample): ReadonlyMap<number, string> {
  return new Map(
    sample.instances.flatMap(({ id }) => {
      const slot = slotOf(id, sample);
      return slot === undefined ? [] : [[slot, id] as const];
    }),
  );
}
