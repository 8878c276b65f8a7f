import type { VpcNetwork } from "./network-plan";

/** A host whose packets wait in a queue of the kernel before the firewall looks at them. */
export interface Delay {
  readonly vpcId: string | null;
  readonly address: string;
  /** Number of the queue, out of which another process lets them go. */
  readonly queue: number;
}

/** On packets that have waited, so that they do not once more. */
export const DELAYED_MARK = 0x10_00_00;

const QUEUED = `-m mark ! --mark ${DELAYED_MARK}/${DELAYED_MARK} -j NFQUEUE --queue-num`;

/** What a slow host sends is queued before any rule accepts it. No process at the queue: the packet is lost. */
export function renderDelays(
  delays: readonly Delay[],
  networks: readonly VpcNetwork[],
  { forward, input }: { readonly forward: string; readonly input: string },
): string[] {
  return delays.flatMap(({ vpcId, address, queue }) => {
    const bridge = networks.find((network) => network.vpcId === vpcId)?.bridge;
    if (bridge === undefined) return [];
    return [
      `-A ${forward} -i ${bridge} -o ${bridge} -s ${address}/32 ${QUEUED} ${queue}`,
      `-A ${input} -i ${bridge} -s ${address}/32 ${QUEUED} ${queue}`,
    ];
  });
}
