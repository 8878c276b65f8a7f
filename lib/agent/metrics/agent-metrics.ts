import type { NodeSettings } from "../../registry/node-settings";
import { majority } from "../../registry/quorum";
import type { Phase } from "../../registry/records";
import { type Situation, situationOf } from "../decide/situation/situation";
import type { Memory } from "../memory";
import type { Decision, Observation, Outcome } from "../model";
import { AGENT_VERSION } from "../version";
import type { Witness } from "../witness";
import { expose, type Metric, type Sample } from "./exposition";

const PHASES: readonly Phase[] = ["unclaimed", "initializing", "forming", "ready", "recovering", "destroying"];

/** Whose answers the agent lives by. */
type Source = "docker" | "registry" | "ec2";

/** What the agent counts, and what it last saw, for Prometheus. No id and no address is in it. */
export class AgentMetrics implements Witness {
  private readonly decisions = new Map<string, number>();
  private readonly actions = new Map<string, { readonly labels: Record<string, string>; count: number }>();
  private readonly answeredAt = new Map<Source, number>();
  private situation: Situation | undefined;

  public constructor(
    private readonly settings: NodeSettings,
    /** Milliseconds on the clock of the observations. */
    private readonly now: () => number,
    private readonly residentBytes: () => number,
  ) {}

  public observed(observation: Observation, memory: Memory): void {
    this.situation = situationOf(observation, memory, this.settings);
    const { docker, cluster, slot, tombstone, table, instances, statusChecks } = observation;
    this.answered("docker", docker);
    this.answered("registry", cluster, slot, tombstone, table);
    this.answered("ec2", instances, statusChecks);
  }

  public decided({ report: { state } }: Decision): void {
    this.decisions.set(state, (this.decisions.get(state) ?? 0) + 1);
  }

  public done({ action: { kind }, result }: Outcome): void {
    const key = `${kind} ${result}`;
    const counter = this.actions.get(key) ?? { labels: { kind, result }, count: 0 };
    counter.count++;
    this.actions.set(key, counter);
  }

  /** Everything in Prometheus' text format. */
  public text(): string {
    return expose([...this.ofAgent(), ...this.ofNode(), ...this.ofSwarm()]);
  }

  private answered(source: Source, ...facts: readonly ({ readonly at: number } | undefined)[]): void {
    const latest = Math.max(...facts.map((fact) => fact?.at ?? Number.NEGATIVE_INFINITY));
    if (latest > (this.answeredAt.get(source) ?? Number.NEGATIVE_INFINITY)) this.answeredAt.set(source, latest);
  }

  private ofAgent(): readonly Metric[] {
    const { role } = this.settings;
    const decisions = [...this.decisions].map(([state, value]) => ({ labels: { state }, value }));
    const actions = [...this.actions.values()].map(({ labels, count }) => ({ labels, value: count }));
    const ages = [...this.answeredAt].map(([from, at]) => ({ labels: { from }, value: (this.now() - at) / 1_000 }));
    return [
      gauge("build_info", "The agent that runs here.", [{ labels: { version: AGENT_VERSION, role }, value: 1 }]),
      gauge("resident_memory_bytes", "Memory of the agent.", [{ value: this.residentBytes() }]),
      counter("decisions_total", "Decisions, by the state the node reports.", decisions),
      counter("actions_total", "Actions, by what they do and what came of them.", actions),
      gauge("seconds_since_answer", "Seconds since the last answer to the agent.", ages),
    ];
  }

  private ofNode(): readonly Metric[] {
    const { situation } = this;
    if (situation === undefined) return [];
    const phase = situation.record?.phase;
    const phases =
      phase === undefined ? [] : PHASES.map((each) => ({ labels: { phase: each }, value: +(each === phase) }));
    return [
      gauge("leads", "Whether this node leads the swarm.", [{ value: +situation.leads }]),
      gauge("cluster_phase", "Phase of the cluster, by its record.", phases),
    ];
  }

  /** The leader alone sees the swarm. */
  private ofSwarm(): readonly Metric[] {
    const { situation } = this;
    const nodes = situation?.leads === true ? situation.docker?.nodes : undefined;
    if (situation === undefined || nodes === undefined) return [];
    const managers = nodes.flatMap(({ manager }) => manager ?? []);
    const reachable = managers.filter(({ reachability }) => reachability === "reachable").length;
    const members = tally(
      nodes.map(({ manager, state }) => ({ role: manager === undefined ? "worker" : "manager", state })),
    );
    const slots = situation.observation.table?.value.slots ?? [];
    const retired = tally(slots.flatMap(({ retire }) => (retire === undefined ? [] : { how: retire })));
    return [
      gauge("members", "Nodes of the swarm, as its leader sees them.", members),
      gauge("managers_reachable", "Managers that answer.", [{ value: reachable }]),
      gauge("quorum_margin", "Managers that may be lost before the swarm loses its quorum; below 0 it has none.", [
        { value: reachable - majority(managers.length) },
      ]),
      gauge("slots_retired", "Manager slots whose instance is asked to go, or is gone.", retired),
    ];
  }
}

/** How often each set of labels comes. */
function tally(items: readonly Readonly<Record<string, string>>[]): readonly Sample[] {
  const counts = new Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>();
  for (const labels of items) {
    const key = JSON.stringify(labels);
    const sample = counts.get(key) ?? { labels, value: 0 };
    sample.value++;
    counts.set(key, sample);
  }
  return [...counts.values()];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name: `swarm_node_${name}`, help, type: "gauge", samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name: `swarm_node_${name}`, help, type: "counter", samples };
}
