import { OperationError } from "../../errors";
import { runCommand } from "../machine/command";
import { CHAIN_PREFIX } from "../network/firewall";
import type { BrokenLab } from "./broken-lab";
import { type Candidate, chooseHosts, faultyHost, refuseUnknownZone } from "./choose";
import { endOf, newFault, SLOW_FAULT } from "./records";
import type { FaultRequest } from "./types";

/** Cuts hosts off from all others, until healed. */
export async function cutOff(
  lab: BrokenLab,
  request: Extract<FaultRequest, { kind: "partition" }>,
): Promise<Candidate[]> {
  const { availabilityZone, keepApi, seconds } = request;
  const scene = await lab.look();
  if (availabilityZone !== undefined) refuseUnknownZone(availabilityZone, scene);
  const chosen = chooseHosts(request.hosts, scene);
  const partition = newFault({
    kind: "partition",
    hosts: chosen.map(faultyHost),
    availabilityZone,
    keepApi,
    until: endOf(seconds),
  });
  await lab.change((faults) => [...faults, partition]);
  const inZone = chooseHosts("all", scene).filter(({ instance }) => instance.availabilityZone === availabilityZone);
  const named = new Set(chosen.map(({ name }) => name));
  return [...chosen, ...inZone.filter(({ name }) => !named.has(name))];
}

/** Lets what hosts send leave late, or in time again. */
export async function slowDown(
  lab: BrokenLab,
  { hosts, milliseconds, seconds }: Extract<FaultRequest, { kind: "slow" }>,
): Promise<Candidate[]> {
  const chosen = chooseHosts(hosts, await lab.look());
  if (milliseconds > 0) await refuseWithoutQueues();
  const until = endOf(seconds);
  const added = chosen.map((host) => newFault({ kind: "slow", ...faultyHost(host), milliseconds, until }));
  await lab.replace("slow", chosen, milliseconds > 0 ? added : []);
  lab.refuseFailure(SLOW_FAULT);
  return chosen;
}

/** Tries the one rule that not every kernel has, before the whole firewall is asked for it. */
async function refuseWithoutQueues(): Promise<void> {
  const chain = `${CHAIN_PREFIX}TRY-${process.pid}`;
  const lines = [
    "*filter",
    `:${chain} - [0:0]`,
    `-A ${chain} -m mark ! --mark 1 -j NFQUEUE`,
    `-F ${chain}`,
    `-X ${chain}`,
  ];
  const input = [...lines, "COMMIT", ""].join("\n");
  const { code, stderr } = await runCommand("iptables-restore", ["--wait", "5", "--noflush"], { input });
  if (code === 0) return;
  throw new OperationError(
    "NoPacketQueue",
    `this machine's firewall cannot queue packets (NFQUEUE), so no host can be slowed down: ${stderr.trim()}`,
  );
}
