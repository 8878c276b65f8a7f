import type { AccountInstance } from "../emulator/account-state";
import { LAB_LABEL, NAME_PREFIX } from "../engine/docker-cli";
import { hostName } from "../metadata/metadata";
import { networkName } from "../network/network";
import type { VpcNetwork } from "../network/network-plan";

/** Label with the instance a container stands for. */
export const INSTANCE_LABEL = `${LAB_LABEL}.instance`;
/** Label with the operators' name of a host. */
export const NAME_LABEL = `${LAB_LABEL}.name`;

/** How a host's container ends when systemd reboots it, and when it powers it off. */
const EXIT_REBOOT = 129;
const EXIT_POWEROFF = 130;

/** A container as the engine shows it. */
export interface HostContainer {
  readonly id: string;
  readonly instanceId: string;
  /** Operators' name. */
  readonly name: string;
  /** Docker's word: `created`, `running`, `exited`, `paused`, `restarting`, `removing`, `dead`. */
  readonly state: string;
  /** Of an exited one. */
  readonly exitCode?: number;
}

/** One step towards what the account says. */
export type HostAction =
  | { readonly kind: "run"; readonly instance: AccountInstance }
  | { readonly kind: "start" | "stop" | "resume" | "remove"; readonly instanceId: string }
  /** Tells the account that an instance powered itself off. */
  | { readonly kind: "report-stopped"; readonly instanceId: string };

/**
 * What to do so that containers match instances. A container that ended on its own for another reason than a reboot
 * stays as it is: that is a crashed instance, and someone may be looking at how the swarm takes it. So does a frozen one.
 *
 * @param stopped - Instances whose containers were stopped because the account said so.
 * @param overdue - Instances that were killed or frozen until now.
 */
export function planHosts(
  instances: readonly AccountInstance[],
  containers: readonly HostContainer[],
  stopped: ReadonlySet<string>,
  overdue: ReadonlySet<string> = new Set(),
): HostAction[] {
  const byInstance = new Map(containers.map((container) => [container.instanceId, container]));
  const known = new Set(instances.map(({ id }) => id));
  const orphans = containers.filter(({ instanceId }) => !known.has(instanceId));
  return [
    ...orphans.map(({ instanceId }): HostAction => ({ kind: "remove", instanceId })),
    ...instances.flatMap((instance) => {
      const { id } = instance;
      return planHost(instance, byInstance.get(id), { isStopped: stopped.has(id), isOverdue: overdue.has(id) }) ?? [];
    }),
  ];
}

function planHost(
  instance: AccountInstance,
  container: HostContainer | undefined,
  { isStopped, isOverdue }: { readonly isStopped: boolean; readonly isOverdue: boolean },
): HostAction | undefined {
  const instanceId = instance.id;
  const isFrozen = container?.state === "paused";
  const isRunning = container?.state === "running";
  switch (instance.state) {
    case "pending":
    case "running": {
      if (container === undefined) return instance.privateIp === null ? undefined : { kind: "run", instance };
      if (isRunning) return undefined;
      if (isFrozen) return isOverdue ? { kind: "resume", instanceId } : undefined;
      // Made but never started: the run failed half-way, and is done again from the beginning.
      if (container.state === "created") return { kind: "remove", instanceId };
      if (isStopped || isOverdue || container.exitCode === EXIT_REBOOT) return { kind: "start", instanceId };
      return container.exitCode === EXIT_POWEROFF ? { kind: "report-stopped", instanceId } : undefined;
    }
    case "stopping":
    case "stopped":
    case "shutting-down":
      return isRunning || isFrozen ? { kind: "stop", instanceId } : undefined;
    case "terminated":
      return container === undefined ? undefined : { kind: "remove", instanceId };
  }
}

/** Whether a host's container ended for another reason than a reboot or a power-off. */
export function endedByItself({ state, exitCode }: HostContainer): boolean {
  return state === "exited" && exitCode !== EXIT_REBOOT && exitCode !== EXIT_POWEROFF;
}

/** Name of the container of an instance. */
export function containerName(instanceId: string): string {
  return `${NAME_PREFIX}${instanceId}`;
}

/** Names of the volumes of an instance: Docker inside cannot keep its layers on the layers of the Docker outside. */
export function volumeNames(instanceId: string): readonly [docker: string, containerd: string] {
  return [`${NAME_PREFIX}${instanceId}-docker`, `${NAME_PREFIX}${instanceId}-containerd`];
}

/** Arguments of `docker run` for an instance's host. */
export function runArguments(instance: AccountInstance, network: VpcNetwork, image: string, name: string): string[] {
  const [docker, containerd] = volumeNames(instance.id);
  const address = instance.privateIp ?? "";
  return [
    ...["run", "--detach", "--name", containerName(instance.id), "--hostname", hostName(address)],
    ...["--label", LAB_LABEL, "--label", `${INSTANCE_LABEL}=${instance.id}`, "--label", `${NAME_LABEL}=${name}`],
    // All that systemd and Docker need; `--privileged` would ask for more than some machines have to give.
    ...["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE", "--security-opt", "seccomp=unconfined"],
    ...["--security-opt", "apparmor=unconfined", "--security-opt", "systempaths=unconfined"],
    ...["--device-cgroup-rule", "a *:* rwm", "--cgroupns", "private"],
    ...["--tmpfs", "/run:exec,mode=755", "--tmpfs", "/tmp:exec,mode=1777", "--tmpfs", "/run/lock"],
    ...["--volume", `${docker}:/var/lib/docker`, "--volume", `${containerd}:/var/lib/containerd`],
    ...["--network", networkName(network.vpcId), "--ip", address],
    ...["--env", `LAB_GATEWAY=${network.gateway}`, "--env", `LAB_RESOLVER=${network.resolver}`],
    image,
  ];
}
