import type { HostView, Sample } from "../watch/sample";

/** Hosts of the pool, whatever their state. */
export function workersOf({ hosts }: Sample): readonly HostView[] {
  return hosts.filter(({ name }) => name.startsWith("general-"));
}

/** Name of the worker with the most replicas of the workload. */
export function busyWorker(sample: Sample): string {
  const load = ({ engine }: HostView): number => engine?.replicas.length ?? 0;
  const [busiest] = [...workersOf(sample)].sort((one, other) => load(other) - load(one));
  if (busiest === undefined || load(busiest) === 0) throw new Error("no worker runs a replica");
  return busiest.name;
}
