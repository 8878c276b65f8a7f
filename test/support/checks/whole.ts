import { overlaps, parseCidr } from "../../../lib/network/cidr";
import { type Check, list, nodeSettings, text } from "./check";
import { Graph } from "./graph";

/** Types AWS gives no tags. */
const WITHOUT_TAGS = [
  "aws_autoscaling_lifecycle_hook",
  "aws_dynamodb_table_item",
  "aws_efs_backup_policy",
  "aws_efs_mount_target",
  "aws_iam_role_policy",
  "aws_route",
  "aws_route_table_association",
  "terraform_data",
];

/** The gate waits and is waited for by nothing; and nothing runs on destroy, which a mere renaming would fire. */
export const gateIsLast: Check = (stack) => {
  const graph = new Graph(stack);
  const gates = stack.resources("terraform_data").filter(({ properties }) => properties.provisioner !== undefined);
  const scaling = ["aws_autoscaling_group", "aws_autoscaling_lifecycle_hook"].flatMap((type) => stack.resources(type));
  return [
    ...(gates.length === 1 ? [] : [`${gates.length} resources wait for the swarm`]),
    ...gates.flatMap((gate) => graph.whoNeeds(gate).map((address) => `${address} depends on the gate`)),
    ...gates.flatMap((gate) =>
      scaling
        .filter((block) => !graph.needs(gate, block))
        .map(({ address }) => `the gate does not wait for ${address}`),
    ),
    ...stack
      .resources()
      .filter(({ properties }) => /"when":"destroy"/.test(text(properties.provisioner ?? [])))
      .map(({ address }) => `${address} runs a program on destroy`),
  ];
};

/** Overlay networks and the VPC are apart, and so are the subnets. */
export const blocksAreApart: Check = (stack) => {
  const vpc = text(stack.resource("aws_vpc").properties.cidr_block);
  const subnets = stack.resources("aws_subnet").map(({ properties }) => text(properties.cidr_block));
  const pools = nodeSettings(stack).map(({ swarm }) => (swarm as { addressPool: string }).addressPool);
  return [
    ...pools.filter((pool) => meet(pool, vpc)).map((pool) => `overlay networks (${pool}) are in the VPC (${vpc})`),
    ...subnets.flatMap((subnet, index) =>
      subnets.slice(index + 1).flatMap((other) => (meet(subnet, other) ? [`${subnet} and ${other} overlap`] : [])),
    ),
  ];
};

/** What only some versions of the provider, or some partitions, have. */
export const nothingIsTiedToAPartition: Check = (stack) => [
  ...[...stack.resources(), ...stack.dataSources()]
    .filter(({ properties }) => "region" in properties)
    .map(({ address }) => `${address} has a region of its own`),
  ...(/arn:aws[a-z-]*:/.test(stack.text) ? ["there is an ARN with a partition in it"] : []),
];

/** The cluster's tag is on everything that can have one, and on what launches make. */
export const everythingIsTagged: Check = (stack, { cluster }) =>
  stack
    .resources()
    .filter(({ type }) => !WITHOUT_TAGS.includes(type))
    .flatMap(({ type, address, properties }) => {
      if (type === "aws_autoscaling_group") {
        const tag = list(properties.tag).find(({ key }) => key === "cdktf-swarm:cluster");
        return tag?.value === cluster && tag.propagate_at_launch === true
          ? []
          : [`${address} does not hand on its tag`];
      }
      const specifications = type === "aws_launch_template" ? list(properties.tag_specifications) : [];
      const launched = type === "aws_launch_template" ? ["instance", "volume"] : [];
      const untagged = launched.filter(
        (kind) => !specifications.some(({ resource_type, tags }) => resource_type === kind && has(tags, cluster)),
      );
      return [
        ...(has(properties.tags, cluster) ? [] : [`${address} has no tag`]),
        ...untagged.map((kind) => `${address} does not tag each ${kind}`),
      ];
    });

function has(tags: unknown, cluster: string): boolean {
  return (tags as Record<string, unknown> | undefined)?.["cdktf-swarm:cluster"] === cluster;
}

function meet(a: string, b: string): boolean {
  const [first, second] = [parseCidr(a), parseCidr(b)];
  return first !== undefined && second !== undefined && overlaps(first, second);
}
