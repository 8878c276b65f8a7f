import { wordLimit } from "./limit";

/**
 * The letters of each region's availability zones. An account may see only some of them (in `us-west-1` two of three):
 * a letter here that an account lacks is refused by AWS, a letter that is not here exists for nobody.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
 */
const ZONE_LETTERS: Readonly<Record<string, string>> = {
  "af-south-1": "abc",
  "ap-east-1": "abc",
  "ap-east-2": "abc",
  "ap-northeast-1": "abcd",
  "ap-northeast-2": "abcd",
  "ap-northeast-3": "abc",
  "ap-south-1": "abc",
  "ap-south-2": "abc",
  "ap-southeast-1": "abc",
  "ap-southeast-2": "abc",
  "ap-southeast-3": "abc",
  "ap-southeast-4": "abc",
  "ap-southeast-5": "abc",
  "ap-southeast-6": "abc",
  "ap-southeast-7": "abc",
  "ca-central-1": "abd",
  "ca-west-1": "abc",
  "cn-north-1": "abd",
  "cn-northwest-1": "abc",
  "eu-central-1": "abc",
  "eu-central-2": "abc",
  "eu-north-1": "abc",
  "eu-south-1": "abc",
  "eu-south-2": "abc",
  "eu-west-1": "abc",
  "eu-west-2": "abc",
  "eu-west-3": "abc",
  "eusc-de-east-1": "abc",
  "il-central-1": "abc",
  "me-central-1": "abc",
  "me-south-1": "abc",
  "mx-central-1": "abc",
  "sa-east-1": "abc",
  "us-east-1": "abcdef",
  "us-east-2": "abc",
  "us-gov-east-1": "abc",
  "us-gov-west-1": "abc",
  "us-west-1": "abc",
  "us-west-2": "abcd",
};

/** Every AWS region that a cluster can be in, by name. */
export const REGIONS: readonly string[] = Object.keys(ZONE_LETTERS);

/** The availability zones of a region, like `eu-west-1a`; none when the region is unknown. */
export function zonesOf(region: string): string[] {
  const letters = Object.hasOwn(ZONE_LETTERS, region) ? ZONE_LETTERS[region] : undefined;
  return [...(letters ?? "")].map((letter) => `${region}${letter}`);
}

/** An AWS region. */
export const region = wordLimit(REGIONS, "be an AWS region", "eu-west-1");
