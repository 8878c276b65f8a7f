import { type RunCommand, succeed } from "../machine/command";
import { CHAIN_PREFIX, type Firewall, FORWARD_CHAIN, INPUT_CHAIN, OUTPUT_CHAIN } from "./firewall";
import { BRIDGE_PREFIX, METADATA_ADDRESS } from "./network-plan";

/** From which chain to which chain of ours, and for what traffic. */
interface Hook {
  readonly chain: string;
  readonly rule: readonly string[];
}

const MACHINE_HOOKS: readonly Hook[] = [
  { chain: "INPUT", rule: ["-i", `${BRIDGE_PREFIX}+`, "-j", INPUT_CHAIN] },
  { chain: "OUTPUT", rule: ["-o", `${BRIDGE_PREFIX}+`, "-j", OUTPUT_CHAIN] },
];

/** Docker's chain for users' rules comes with its first network, and not with every Docker. */
const FORWARD_HOOKS: readonly Hook[] = ["DOCKER-USER", "FORWARD"].map((chain) => ({
  chain,
  rule: ["-j", FORWARD_CHAIN],
}));

/** Answers of the metadata service cross one hop only, so that a host's containers never see one. */
const HOP_LIMIT: readonly string[] = [
  ...["POSTROUTING", "-o", `${BRIDGE_PREFIX}+`, "-s", METADATA_ADDRESS, "-p", "tcp", "--sport", "80"],
  ...["-j", "TTL", "--ttl-set", "1"],
];

const WAIT = ["--wait", "5"];

/** Puts a firewall in place: all chains in one step, then the hooks that are missing. */
export async function applyFirewall(run: RunCommand, firewall: Firewall): Promise<void> {
  await succeed(run, "iptables-restore", [...WAIT, "--noflush"], { input: firewall.text });
  await ensureHooks(run);
}

/** Puts the hooks back where something removed them: a Docker engine that starts rewrites some chains. */
export async function ensureHooks(run: RunCommand): Promise<void> {
  const hasUserChain = (await run("iptables", [...WAIT, "-n", "-L", "DOCKER-USER"])).code === 0;
  const forward = FORWARD_HOOKS.filter(({ chain }) => (chain === "DOCKER-USER") === hasUserChain);
  for (const { chain, rule } of [...forward, ...MACHINE_HOOKS])
    if ((await run("iptables", [...WAIT, "-C", chain, ...rule])).code !== 0)
      await succeed(run, "iptables", [...WAIT, "-I", chain, "1", ...rule]);
  if ((await run("iptables", [...WAIT, "-t", "mangle", "-C", ...HOP_LIMIT])).code !== 0)
    await succeed(run, "iptables", [...WAIT, "-t", "mangle", "-A", ...HOP_LIMIT]);
}

/** Names of the chains of a lab that are in the kernel. */
export async function presentChains(run: RunCommand): Promise<string[]> {
  const listed = await succeed(run, "iptables", [...WAIT, "-S"]);
  return [...listed.matchAll(/^-N (\S+)$/gm)]
    .map(([, name]) => name ?? "")
    .filter((name) => name.startsWith(CHAIN_PREFIX));
}

/** Removes hooks and chains; does nothing where there are none. */
export async function removeFirewall(run: RunCommand): Promise<void> {
  for (const { chain, rule } of [...FORWARD_HOOKS, ...MACHINE_HOOKS])
    while ((await run("iptables", [...WAIT, "-D", chain, ...rule])).code === 0);
  while ((await run("iptables", [...WAIT, "-t", "mangle", "-D", ...HOP_LIMIT])).code === 0);
  const chains = await presentChains(run);
  if (chains.length === 0) return;
  const lines = ["*filter", ...chains.map((name) => `-F ${name}`), ...chains.map((name) => `-X ${name}`), "COMMIT", ""];
  await succeed(run, "iptables-restore", [...WAIT, "--noflush"], { input: lines.join("\n") });
}
