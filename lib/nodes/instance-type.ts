import { instanceType } from "../limits/nodes";

/** Instance type of nodes nobody chose one for. */
export const DEFAULT_INSTANCE_TYPE = instanceType.default;

/** What programs a machine runs, as Docker and the images' names call it. */
export type Architecture = "amd64" | "arm64";

/** The same as EC2 calls it. */
export const EC2_ARCHITECTURE: Readonly<Record<Architecture, string>> = { amd64: "x86_64", arm64: "arm64" };

/**
 * Architecture of an instance type. A `g` behind the generation's digit stands for Graviton (t4g, c7gn, is4gen), and the
 * first Graviton was a1: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
export function architectureOf(instanceType: string): Architecture {
  return /^(?:a1|[a-z]+\d+g[a-z]*)\./.test(instanceType) ? "arm64" : "amd64";
}

const NAMES: readonly (readonly [RegExp, Architecture])[] = [
  [/(?<![a-z0-9])(?:amd64|x86[_-]64)(?![a-z0-9])/i, "amd64"],
  [/(?<![a-z0-9])(?:arm64|aarch64)(?![a-z0-9])/i, "arm64"],
];

/** The architecture that the name of an image speaks of, if it does. */
export function architectureIn(imageName: string): Architecture | undefined {
  return NAMES.find(([pattern]) => pattern.test(imageName))?.[1];
}
