import { z } from "zod";

/** What a fault does to a request of the AWS API. */
export const FAULT_MODES = ["error", "throttle", "down", "slow", "unanswered", "empty", "partial"] as const;

/**
 * - `error`: 500 InternalError, and nothing is done
 * - `throttle`: refused for too many requests, and nothing is done
 * - `down`: the connection is reset, and nothing is done
 * - `slow`: done and answered after `milliseconds`
 * - `unanswered`: done, but the connection is reset in place of the answer
 * - `empty`: DescribeInstances and DescribeInstanceStatus answer that there is no instance
 * - `partial`: the same, with the asker's own instance as the only one
 */
export type FaultMode = (typeof FAULT_MODES)[number];

/** Services whose requests a fault can be for; `*` is every one. */
export const FAULT_SERVICES = ["ec2", "autoscaling", "dynamodb", "secretsmanager", "*"] as const;

export type FaultService = (typeof FAULT_SERVICES)[number];

/** A fault of the AWS API, on demand. It lasts until all are cleared. */
export interface ApiFault {
  readonly service: FaultService;
  /**
   * Like `DescribeInstances`.
   * @default every action of the service
   */
  readonly action?: string;
  readonly mode: FaultMode;
  /**
   * Access key id, or address of a host.
   * @default every host
   */
  readonly caller?: string;
  /**
   * How long a `slow` request waits.
   * @default 5000
   */
  readonly milliseconds?: number;
  /**
   * Share of the requests that are hit, at random.
   * @default 1
   */
  readonly share?: number;
  /**
   * Whether it also hits who is no host: Terraform, and the operator's commands.
   * @default false
   */
  readonly everyone?: boolean;
}

const API_FAULT = z.strictObject({
  service: z.enum(FAULT_SERVICES),
  action: z.string().min(1).exactOptional(),
  mode: z.enum(FAULT_MODES),
  caller: z.string().min(1).exactOptional(),
  milliseconds: z.int().min(1).max(600_000).exactOptional(),
  share: z.number().min(0).max(1).exactOptional(),
  everyone: z.boolean().exactOptional(),
});

/** Reads a fault from the body of a request; throws with everything that is wrong with it. */
export function parseApiFault(text: string): ApiFault {
  const result = API_FAULT.safeParse(JSON.parse(text));
  if (!result.success) throw new SyntaxError(z.prettifyError(result.error));
  return result.data;
}
