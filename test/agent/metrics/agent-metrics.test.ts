import { describe, expect, it } from "vitest";
import { AgentMetrics } from "../../../lib/agent/metrics/agent-metrics";
import type { Action, Decision, Observation, Outcome } from "../../../lib/agent/model";
import { AGENT_VERSION } from "../../../lib/agent/version";
import { managerSettings } from "../../support/simulation/settings";
import {
  answer,
  clusterRecord,
  leaderSees,
  manager,
  memory,
  NOW,
  observation,
  seen,
  slotRecord,
  table,
  worker,
} from "../decide/given";

const UNREACHABLE = { manager: { leader: false, reachability: "unreachable" }, state: "down" } as const;

const metrics = () =>
  new AgentMetrics(
    managerSettings(0),
    () => NOW + 2_500,
    () => 64_000_000,
  );

/** The samples once something was observed, by name and labels. */
function samplesOf(given?: Observation, tell: (agent: AgentMetrics) => void = () => {}): Record<string, number> {
  const agent = metrics();
  if (given !== undefined) agent.observed(given, memory());
  tell(agent);
  const lines = agent
    .text()
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]),
  );
}

const decision = (state: Decision["report"]["state"]): Decision => ({
  actions: [],
  report: { state, step: "", reasons: [] },
});
const outcome = (kind: Action["kind"], result: Outcome["result"]): Outcome => ({
  action: { kind, reason: "", expiresAt: 0 } as Action,
  result,
});

describe("the metrics of an agent", () => {
  it("say which agent runs before it has seen anything", () => {
    expect(samplesOf()).toEqual({
      [`swarm_node_build_info{version="${AGENT_VERSION}",role="manager"}`]: 1,
      swarm_node_resident_memory_bytes: 64_000_000,
    });
  });

  it("count decisions by state, and actions by kind and result", () => {
    // GIVEN
    const tell = (agent: AgentMetrics) => {
      for (const state of ["ready", "joining", "ready"] as const) agent.decided(decision(state));
      for (const result of ["done", "failed", "done"] as const) agent.done(outcome("replace", result));
    };
    // WHEN / THEN
    expect(samplesOf(undefined, tell)).toMatchObject({
      'swarm_node_decisions_total{state="ready"}': 2,
      'swarm_node_decisions_total{state="joining"}': 1,
      'swarm_node_actions_total{kind="replace",result="done"}': 2,
      'swarm_node_actions_total{kind="replace",result="failed"}': 1,
    });
  });

  it("say how old the newest answer of each source is", () => {
    // GIVEN
    const given = observation({ cluster: seen(clusterRecord(), 9_000), slot: seen(slotRecord(0), 4_000) });
    // WHEN / THEN
    const samples = samplesOf({ ...given, instances: { ...answer([]), at: NOW - 60_000 } });
    expect(samples).toMatchObject({
      'swarm_node_seconds_since_answer{from="docker"}': 2.5,
      'swarm_node_seconds_since_answer{from="registry"}': 6.5,
      'swarm_node_seconds_since_answer{from="ec2"}': 62.5,
    });
  });

  it("let an answer age while its source is silent", () => {
    // GIVEN
    const silent = observation({ docker: undefined, dockerError: "connect ENOENT" });
    // WHEN
    const samples = samplesOf(
      observation({ docker: seen({ ...observation().docker?.value } as never, 5_000) }),
      (agent) => agent.observed(silent, memory()),
    );
    // THEN
    expect(samples['swarm_node_seconds_since_answer{from="docker"}']).toBe(7.5);
  });

  it("show the phase of the cluster, and that this node does not lead", () => {
    expect(samplesOf(observation())).toMatchObject({
      swarm_node_leads: 0,
      'swarm_node_cluster_phase{phase="unclaimed"}': 1,
      'swarm_node_cluster_phase{phase="ready"}': 0,
    });
    expect(Object.keys(samplesOf(observation())).filter((name) => /members|quorum|managers/.test(name))).toEqual([]);
  });

  it("show the swarm as its leader sees it: members, quorum margin, slots that are retired", () => {
    // GIVEN
    const nodes = [manager(0), manager(1), manager(2, UNREACHABLE), worker("w1"), worker("w2", { state: "down" })];
    const slots = [slotRecord(0), slotRecord(1, { retire: "replace" }), slotRecord(2)];
    // WHEN / THEN
    expect(samplesOf(leaderSees(nodes, { table: seen(table({ slots })) }))).toMatchObject({
      swarm_node_leads: 1,
      'swarm_node_cluster_phase{phase="ready"}': 1,
      'swarm_node_members{role="manager",state="ready"}': 2,
      'swarm_node_members{role="manager",state="down"}': 1,
      'swarm_node_members{role="worker",state="ready"}': 1,
      'swarm_node_members{role="worker",state="down"}': 1,
      swarm_node_managers_reachable: 2,
      swarm_node_quorum_margin: 0,
      'swarm_node_slots_retired{how="replace"}': 1,
    });
  });

  it("have no id, address or token in them", () => {
    // GIVEN
    const agent = metrics();
    // WHEN
    agent.observed(leaderSees([manager(0), worker("w1")]), memory());
    agent.done({ ...outcome("join", "failed"), detail: "SWMTKN-1-worker was refused by 10.0.0.1" });
    // THEN
    expect(agent.text()).not.toMatch(/\d+\.\d+\.\d+\.\d+|i-0|n0|w1|SWM/);
  });
});
