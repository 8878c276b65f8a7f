import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../../support/project";
import type { HostView, Sample } from "../watch/sample";
import { SERVICE } from "./service";

const IMAGE = "lab/shell:1";
const TERMS = "what the swarm was told to keep";
const SEAL = "what it was told to keep secret";
export const REPLICAS = 3;

const script = (name: string): string => readFileSync(join(__dirname, name), "utf8");

/**
 * A service of three replicas on the workers with a config, a secret and a volume: what must never be lost, whatever
 * happens to the nodes. New workers are given its image, as a registry of images would do it.
 */
export class Workload {
  private readonly tended = new Map<string, Promise<unknown>>();
  private kept: { readonly definition: string; readonly ledgers: ReadonlyMap<string, string> } | undefined;

  public constructor(private readonly project: Project) {}

  /** Gives every worker the image, once. */
  public tend({ hosts }: Sample): void {
    for (const { instanceId, name, engine } of hosts) {
      if (engine === undefined || name.startsWith("manager-") || this.tended.has(instanceId)) continue;
      // A host may go away in the middle of it; one that is there is asked again.
      const done = this.project.on(instanceId, "sh", "-c", script("import-shell.sh"), "sh", IMAGE).then(
        ({ status }) => (status === 0 ? undefined : this.tended.delete(instanceId)),
        () => this.tended.delete(instanceId),
      );
      this.tended.set(instanceId, done);
    }
  }

  /** Starts it where it does not run yet, on a swarm that is whole. */
  public async begin(manager: string): Promise<void> {
    const docker = (...args: string[]) => this.project.execute(manager, "docker", ...args);
    const services = await docker("service", "ls", "--quiet", "--filter", `name=${SERVICE}`);
    if (services.trim() !== "") return;
    const keep = (kind: string, text: string) =>
      this.project.execute(manager, "sh", "-c", `printf %s "$1" | docker ${kind} create ${SERVICE} -`, "sh", text);
    await keep("config", TERMS);
    await keep("secret", SEAL);
    await docker(
      ...["service", "create", "--detach", "--name", SERVICE, "--replicas", String(REPLICAS), "--no-resolve-image"],
      ...["--constraint", "node.role==worker", "--endpoint-mode", "dnsrr", "--stop-grace-period", "3s"],
      ...["--config", `source=${SERVICE},target=/terms`, "--secret", `source=${SERVICE},target=${SERVICE}`],
      ...["--mount", `type=volume,source=${SERVICE},target=/data`, "--restart-delay", "1s"],
      ...[IMAGE, "/bin/sh", "-c", script("keep-ledger.sh")],
    );
  }

  /** Remembers what there is, to find it again after the fault. */
  public async remember(manager: string, sample: Sample): Promise<void> {
    const ledgers = await Promise.all(carriers(sample).map(async (host) => [host.instanceId, await this.ledger(host)]));
    this.kept = {
      definition: await this.definition(manager),
      ledgers: new Map(ledgers as [string, string][]),
    };
  }

  /** What was lost since: nothing, if all is well. */
  public async losses(manager: string, sample: Sample): Promise<readonly string[]> {
    if (this.kept === undefined) throw new Error("nothing was remembered of the workload");
    const lost: string[] = [];
    if ((await this.definition(manager)) !== this.kept.definition)
      lost.push("the service, its config or its secret is not what it was");
    const running = replicasOf(sample);
    if (running.length !== REPLICAS) lost.push(`${running.length} replicas run, not ${REPLICAS}`);
    for (const host of carriers(sample)) lost.push(...(await this.lostOn(host)));
    return lost;
  }

  private async lostOn(host: HostView): Promise<string[]> {
    const lost: string[] = [];
    for (const replica of host.engine?.replicas ?? []) {
      const read = await this.project.on(
        host.instanceId,
        ...["docker", "exec", replica, "/bin/cat", "/terms", `/run/secrets/${SERVICE}`],
      );
      if (read.stdout !== TERMS + SEAL) lost.push(`a replica on ${host.name} reads ${JSON.stringify(read.stdout)}`);
    }
    const before = this.kept?.ledgers.get(host.instanceId);
    if (before !== undefined && !(await this.ledger(host)).startsWith(before))
      lost.push(`the volume on ${host.name} lost what was written to it`);
    return lost;
  }

  /** Everything the swarm keeps of it, as text; the parts that a restart of tasks touches are left out. */
  private async definition(manager: string): Promise<string> {
    const inspect = (kind: string, format: string) =>
      this.project.execute(manager, "docker", kind, "inspect", "--format", format, SERVICE);
    const parts = [
      await inspect("service", "{{.ID}} {{json .Spec}}"),
      await inspect("config", "{{.ID}} {{json .Spec}}"),
      await inspect("secret", "{{.ID}} {{json .Spec}}"),
    ];
    // Counts how often the tasks were restarted by force, which some faults do on purpose.
    return parts.join("").replace(/"ForceUpdate":\d+,?/g, "");
  }

  private async ledger({ instanceId }: HostView): Promise<string> {
    const file = `/var/lib/docker/volumes/${SERVICE}/_data/entries`;
    return (await this.project.on(instanceId, "sh", "-c", `cat ${file} 2>/dev/null || true`)).stdout;
  }
}

/** Ids of the replicas that run, on all hosts. */
export function replicasOf({ hosts }: Sample): readonly string[] {
  return hosts.flatMap(({ engine }) => engine?.replicas ?? []).sort();
}

/** Which replicas run where. */
export function placement(sample: Sample): ReadonlyMap<string, string> {
  return new Map(carriers(sample).map(({ instanceId, engine }) => [instanceId, engine?.replicas.join() ?? ""]));
}

/** Where other replicas run than before; what does not answer, or was not there, says nothing. */
export function moved(before: ReadonlyMap<string, string>, sample: Sample): string | undefined {
  const other = [...placement(sample)].find(([id, now]) => before.has(id) && before.get(id) !== now);
  return other && `${other[0]} runs ${other[1] || "no replica"}, not ${before.get(other[0])}`;
}

/** Hosts that can carry a replica. */
function carriers({ hosts }: Sample): readonly HostView[] {
  return hosts.filter(({ name, engine }) => engine !== undefined && !name.startsWith("manager-"));
}
