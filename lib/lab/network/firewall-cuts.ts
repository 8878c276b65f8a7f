import type { VpcNetwork } from "./network-plan";

/** Hosts of one VPC that are cut off from the others in it. */
export interface Cut {
  readonly vpcId: string | null;
  readonly addresses: readonly string[];
  /** Whether this machine's services stay in reach. */
  readonly keepApi: boolean;
}

/** Names of the lab's chains that cuts are made in. */
export interface CutChains {
  /** Begins the name of a chain that is a cut's own. */
  readonly prefix: string;
  readonly forward: string;
  readonly input: string;
  readonly output: string;
}

/** Chains of the cuts, and rules that must come before all others: a cut ends what is established, too. */
export interface RenderedCuts {
  readonly chains: readonly string[];
  readonly rules: readonly string[];
}

/** Partitions as iptables rules: what one side sends to the other is dropped, whatever security groups say. */
export function renderCuts(
  cuts: readonly Cut[],
  networks: readonly VpcNetwork[],
  { prefix, forward, input, output }: CutChains,
): RenderedCuts {
  const chains: string[] = [];
  const rules: string[] = [];
  for (const { vpcId, addresses, keepApi } of cuts) {
    const bridge = networks.find((network) => network.vpcId === vpcId)?.bridge;
    if (bridge === undefined) continue;
    const chain = `${prefix}${chains.length}`;
    chains.push(chain);
    rules.push(`-A ${forward} -i ${bridge} -o ${bridge} -j ${chain}`);
    for (const one of addresses)
      for (const other of addresses) if (one !== other) rules.push(`-A ${chain} -s ${one}/32 -d ${other}/32 -j RETURN`);
    for (const address of addresses)
      rules.push(`-A ${chain} -s ${address}/32 -j DROP`, `-A ${chain} -d ${address}/32 -j DROP`);
    if (keepApi) continue;
    for (const address of addresses)
      rules.push(
        `-A ${input} -i ${bridge} -s ${address}/32 -j DROP`,
        `-A ${output} -o ${bridge} -d ${address}/32 -j DROP`,
      );
  }
  return { chains, rules };
}
