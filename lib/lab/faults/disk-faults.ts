import { readFileSync } from "node:fs";
import { join } from "node:path";
import { containerName } from "../hosts/hosts";
import type { BrokenLab } from "./broken-lab";
import { type Candidate, chooseHosts, faultyHost } from "./choose";
import { newFault } from "./records";
import type { DiskState, HostChoice } from "./types";

/** Puts the script there, as the host mounts its disk by it at each boot, and runs it. */
const INSTALL_AND_RUN = 'cat >"$0" && chmod 0755 "$0" && exec "$0" "$1"';
const SCRIPT = "/usr/local/sbin/lab-small-disk";

const COMMANDS: Readonly<Record<DiskState, string>> = { small: "prepare", full: "fill", free: "free" };

/** Gives hosts a small disk for their swarm state, fills it, or frees it again; only those that run. */
export async function setDisks(lab: BrokenLab, disk: DiskState, choice: HostChoice): Promise<Candidate[]> {
  const running = (host: Candidate): boolean => host.container?.state === "running";
  const scene = await lab.look();
  const filled = new Set(lab.faults.read().faults.flatMap((fault) => (fault.kind === "disk" ? fault.instanceId : [])));
  const chosen = chooseHosts(choice, scene).filter(
    (host) => running(host) && (disk !== "free" || filled.has(host.instance.id)),
  );
  const script = readFileSync(join(__dirname, "small-disk.sh"), "utf8");
  await Promise.all(
    chosen.map(({ instance }) => {
      const args = ["exec", "--interactive", containerName(instance.id), "sh", "-c", INSTALL_AND_RUN, SCRIPT];
      return lab.docker.run([...args, COMMANDS[disk]], { input: script });
    }),
  );
  if (disk === "small") return chosen;
  const ids = new Set(chosen.map(({ instance }) => instance.id));
  const added = disk === "full" ? chosen.map((host) => newFault({ kind: "disk", ...faultyHost(host) })) : [];
  await lab.faults.update((faults) => [
    ...faults.filter((fault) => fault.kind !== "disk" || !ids.has(fault.instanceId)),
    ...added,
  ]);
  return chosen;
}
