import type { ClusterRecord, Lead } from "../registry/records";
import type { NodeStatus } from "./status-nodes";

/** Who leads a swarm, as far as the agents' own words tell. */
export interface Leadership {
  /**
   * `led`: somebody does. `nobody`: agents of managers are at work, and none of them leads. `unknown`: nothing tells, as
   * while a swarm forms or when no manager reports.
   */
  readonly state: "led" | "nobody" | "unknown";
  /** Who leads, or who led last: `manager-0`. */
  readonly name?: string;
  readonly instanceId?: string;
  /** Since when, ISO 8601; undefined if no record tells. */
  readonly since?: string;
  /** When it last said that it leads, ISO 8601. */
  readonly heardAt?: string;
}

/** A leader says so with its report, at least every 57 s; one that did not for longer does not lead any more. */
export const LEADERLESS_AFTER = 90_000;

/** What the agent of a leader reports as its step. */
const LEADING = "leader of the swarm";

/**
 * Who leads. The view in the cluster's record names a leader, too, but stays as it is when nobody writes it any more: the
 * agents' own words count, and it only where they say nothing.
 */
export function leadershipOf(record: ClusterRecord | undefined, nodes: readonly NodeStatus[], now: number): Leadership {
  if (record?.phase !== "ready") return { state: "unknown" };
  const isRecent = (time: string | undefined): boolean =>
    time !== undefined && now - Date.parse(time) <= LEADERLESS_AFTER;
  const managers = nodes.filter(({ role, slot }) => role === "manager" || slot !== undefined);
  const { lead } = record;
  const signed = managers.find(({ instanceId }) => instanceId !== undefined && instanceId === lead?.instanceId);
  const says = managers
    .filter((node) => node.lost === undefined && node.agentState === "ready" && node.step === LEADING)
    .filter(({ updatedAt }) => isRecent(updatedAt))
    .sort((one, other) => (other.updatedAt ?? "").localeCompare(one.updatedAt ?? ""))[0];
  if (says !== undefined) {
    return { state: "led", ...named(says), since: sinceOf(lead, says), heardAt: says.updatedAt };
  }
  if (signed !== undefined && signed.lost === undefined && isRecent(lead?.at)) {
    return { state: "led", ...named(signed), since: sinceOf(lead, signed), heardAt: lead?.at };
  }
  const viewed = managers.find(({ leader }) => leader);
  // A leader of which no record is there cannot be judged by its word.
  const isMute = lead === undefined && viewed !== undefined && viewed.updatedAt === undefined;
  if (isMute) return { state: "led", ...named(viewed) };
  const last = signed ?? viewed;
  const state = managers.some(({ updatedAt }) => isRecent(updatedAt)) ? "nobody" : "unknown";
  return { state, ...(last === undefined ? {} : named(last)), heardAt: lead?.at ?? viewed?.updatedAt };
}

function named({ name, instanceId }: NodeStatus): Pick<Leadership, "name" | "instanceId"> {
  return { name, instanceId };
}

function sinceOf(lead: Lead | undefined, { instanceId }: NodeStatus): string | undefined {
  return lead?.instanceId === instanceId ? lead?.since : undefined;
}
