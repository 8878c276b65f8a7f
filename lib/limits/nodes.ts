import { DEFAULT_MANAGER_COUNT, MANAGER_COUNTS, RESERVED_LABELS } from "./constants";
import type { Finding } from "./finding";
import { type Limit, listLimit, textLimit, textsLimit, wholeLimit, withDefault } from "./limit";
import { complain, show } from "./messages";
import { MAX_POOLS } from "./names";
import { repeated } from "./network";
import { encodedTwice } from "./user-data";

const LARGEST = Math.max(...MANAGER_COUNTS);

/** Number of managers. */
export const managerCount = withDefault<Limit, typeof DEFAULT_MANAGER_COUNT>(
  {
    fault: (count) => (MANAGER_COUNTS.some((allowed) => allowed === count) ? undefined : managerCountFault(count)),
  },
  DEFAULT_MANAGER_COUNT,
);

function managerCountFault(count: unknown): string {
  const must = "be 1, 3, 5 or 7";
  if (typeof count !== "number" || !Number.isInteger(count)) {
    const accepts = (value: string | number) => MANAGER_COUNTS.some((allowed) => allowed === value);
    return complain({ must, example: String(DEFAULT_MANAGER_COUNT), accepts }, count);
  }
  if (count < 1) return `must ${must}: a swarm needs a manager, got ${count}; write 1 or 3`;
  if (count > LARGEST)
    return `must ${must}: more managers make every decision slower and none safer, got ${count}; write ${LARGEST}`;
  return `must ${must}: an even number of managers tolerates no more losses than one fewer, got ${count}; write ${count - 1} or ${count + 1}`;
}

export const instanceType = withDefault(
  textLimit({
    pattern: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
    must: "be an EC2 instance type",
    example: "t3.small",
  }),
  "t3.small",
);

/** Size of a root volume: from what the image needs to the most gp3 holds. */
export const rootVolumeSizeGiB = withDefault(wholeLimit(8, 16_384, 20, " of GiB"), 20);

/** Number of workers, by the example that a message about it gives. */
export const poolSize = (example: number) => wholeLimit(0, 1000, example, " of workers");

export const workerPools = listLimit(
  0,
  MAX_POOLS,
  `be a list of at most ${MAX_POOLS} pools`,
  "[{name: general, desired: 2}]",
);

/**
 * Most bytes of a pool's labels in its nodes' user data, which may have 16,384. Everything else in there takes less than
 * 4,000, whatever the environment; a construct's own snippets have what is left.
 */
const MAX_LABEL_BYTES = 12_000;

/** Node labels of a pool. */
export const labels = textsLimit({
  key: textLimit({
    pattern: /^[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$/,
    must: "be a label of at most 63 letters, digits, dots, slashes, hyphens and underscores",
    example: "tier",
    refuse: (key) =>
      RESERVED_LABELS.includes(key)
        ? `must not be ${show(key)}: every node has that label already; write another name`
        : undefined,
    never: new RegExp(`^(${RESERVED_LABELS.join("|")})$`),
  }),
  value: textLimit({
    pattern: /^[^\r\n]{0,255}$/,
    must: "be a text of at most 255 characters on one line",
    example: "web",
  }),
  max: 50,
  must: "be a map from labels to texts",
  example: "{tier: web}",
  refuse: (entries) => {
    const bytes = Buffer.byteLength(encodedTwice(entries));
    return bytes > MAX_LABEL_BYTES
      ? `must fit into a node's user data: at most ${MAX_LABEL_BYTES} bytes as they are encoded there, got ${bytes}; write fewer or shorter labels`
      : undefined;
  },
});

/** Sizes of a pool as far as they are said. */
export interface PoolSizes {
  readonly desired?: number;
  readonly min?: number;
  readonly max?: number;
}

/** Sizes of a pool with what was left out filled in from the others. */
export function poolSizes({ desired, min, max }: PoolSizes): Required<PoolSizes> {
  const filledMin = min ?? 0;
  // A pool that may have no worker is not asked for one.
  const filledDesired = desired ?? min ?? Math.min(1, max ?? 1);
  return { desired: filledDesired, min: filledMin, max: max ?? 2 * Math.max(filledDesired, filledMin) };
}

/** What is wrong with the sizes of a pool beside each other. A size that is faulty by itself is left out. */
export function poolSizeFindings(pool: PoolSizes): Finding[] {
  const { desired, min, max } = poolSizes(pool);
  const at = (field: string, message: string): Finding[] => [{ path: [field], message }];
  if (pool.min !== undefined && pool.max !== undefined && min > max) {
    return at(
      "min",
      `must be at most max, got min ${min} and max ${max}; write a min up to ${max}, or a max from ${min}`,
    );
  }
  if (pool.desired === undefined) return [];
  if (pool.min !== undefined && desired < min) {
    return at("desired", `must be at least min, got desired ${desired} and min ${min}; write ${min} or more`);
  }
  if (pool.max !== undefined && desired > max) {
    return at("desired", `must be at most max, got desired ${desired} and max ${max}; write ${max} or less`);
  }
  return [];
}

/** What is wrong with pools beside each other, by their place in the list. */
export function poolNameFindings(names: readonly (string | undefined)[]): Finding[] {
  return repeated(names).map(({ value, index }) => ({
    path: [index, "name"],
    message: `must be unique among the pools, got ${show(value)} again; write another name`,
  }));
}
