import { existsSync } from "node:fs";
import { request } from "node:http";
import { dockerCli } from "../../../../lib/lab/engine/docker-cli";
import { listHosts } from "../../../../lib/lab/hosts/host-containers";
import type { HostContainer } from "../../../../lib/lab/hosts/hosts";
import { SERVICE } from "../workload/service";
import type { EngineView, HostView, MemberView } from "./sample";

/** A frozen host accepts connections and never answers. */
const ANSWER_MILLISECONDS = 2_000;

/** All hosts of the lab with what the dockerd in each says. */
export async function readHosts(socket: string): Promise<HostView[]> {
  const containers = await listHosts(dockerCli(socket));
  return await Promise.all(containers.map((container) => readHost(socket, container)));
}

async function readHost(socket: string, { id, instanceId, name, state }: HostContainer): Promise<HostView> {
  const host = { instanceId, name, container: state };
  if (state !== "running") return host;
  const inner = await innerSocket(socket, id).catch(() => undefined);
  const engine = inner === undefined ? undefined : await readEngine(inner).catch(() => undefined);
  return { ...host, ...(engine === undefined ? {} : { engine }) };
}

/** Path of a host's own Docker socket, through the outer kernel's view of its files: a command in each would cost more. */
export async function innerSocket(socket: string, container: string): Promise<string | undefined> {
  const { State } = await get<{ State: { Pid: number } }>(socket, `/containers/${container}/json`);
  const root = `/proc/${State.Pid}/root`;
  // systemd listens on it from the beginning: asking sooner would start Docker before its time.
  return State.Pid > 0 && existsSync(`${root}/run/docker.pid`) ? `${root}/run/docker.sock` : undefined;
}

async function readEngine(socket: string): Promise<EngineView> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.swarm.service.name=${SERVICE}`] }));
  const [{ Swarm }, replicas] = await Promise.all([
    get<{ Swarm: SwarmInfo }>(socket, "/info"),
    get<{ Id: string }[]>(socket, `/containers/json?filters=${filters}`),
  ]);
  const members = Swarm.ControlAvailable ? await get<Node[]>(socket, "/nodes").catch(() => undefined) : undefined;
  return {
    state: Swarm.LocalNodeState,
    ...(Swarm.NodeID === "" ? {} : { nodeId: Swarm.NodeID }),
    ...(Swarm.Cluster?.ID ? { clusterId: Swarm.Cluster.ID } : {}),
    ...(members === undefined ? {} : { members: members.map(memberView) }),
    replicas: replicas.map(({ Id }) => Id).sort(),
  };
}

function memberView({ ID, Status, Spec, ManagerStatus }: Node): MemberView {
  const manager = ManagerStatus && {
    leader: ManagerStatus.Leader === true,
    reachability: ManagerStatus.Reachability ?? "unknown",
  };
  const member = { nodeId: ID, state: Status.State, availability: Spec.Availability };
  return manager === undefined ? member : { ...member, manager };
}

/** A GET of an engine's API. */
function get<T>(socketPath: string, path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, agent: false }, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      answer.on("end", () =>
        answer.statusCode === 200 ? resolve(JSON.parse(body) as T) : reject(new Error(`Docker answered: ${body}`)),
      );
      answer.on("error", reject);
    });
    const late = setTimeout(() => call.destroy(new Error("Docker does not answer")), ANSWER_MILLISECONDS);
    call.on("error", reject).on("close", () => clearTimeout(late));
    call.end();
  });
}

interface SwarmInfo {
  readonly LocalNodeState: EngineView["state"];
  readonly NodeID: string;
  readonly ControlAvailable: boolean;
  readonly Cluster?: { readonly ID: string };
}

interface Node {
  readonly ID: string;
  readonly Status: { readonly State: string };
  readonly Spec: { readonly Availability: string };
  readonly ManagerStatus?: { readonly Leader?: boolean; readonly Reachability?: string };
}
