import type { EnvironmentConfig } from "../../../lib/config";
import { type Check, groups, list, roleOf, securityGroupsOf, templateOf, text } from "./check";
import { Graph } from "./graph";

/** Disks and file systems are encrypted, and the metadata service gives nothing to who merely makes a node ask. */
export const nodesAreHardened: Check = (stack, config) => {
  const faults: string[] = [];
  for (const { address, properties } of stack.resources("aws_launch_template")) {
    for (const { ebs } of list(properties.block_device_mappings)) {
      const [volume] = list(ebs);
      if (String(volume?.encrypted) !== "true") faults.push(`${address} has a volume that is not encrypted`);
    }
    const [metadata] = list(properties.metadata_options);
    const tokens = runsRexray(config, text(properties.name_prefix)) ? "optional" : "required";
    if (metadata?.http_tokens !== tokens) faults.push(`${address} has http_tokens ${text(metadata?.http_tokens)}`);
    if (metadata?.http_put_response_hop_limit !== 1) faults.push(`${address} answers beyond one hop`);
    if (metadata?.instance_metadata_tags !== "disabled") faults.push(`${address} gives its tags away`);
  }
  for (const { address, properties } of stack.resources("aws_efs_file_system")) {
    if (properties.encrypted !== true) faults.push(`${address} is not encrypted`);
  }
  return faults;
};

/** Whether REX-Ray, which speaks only version 1 of the metadata service, is to run on nodes of a launch template. */
function runsRexray({ cluster, storage: { rexray } }: EnvironmentConfig, namePrefix: string): boolean {
  if (rexray === undefined) return false;
  const isWorkers = namePrefix.startsWith(`${cluster}-worker-`);
  if (!isWorkers) return rexray.on !== "workers";
  const pool = namePrefix.slice(`${cluster}-worker-`.length, -"-".length);
  return rexray.on !== "managers" && (rexray.pools?.includes(pool) ?? true);
}

/** What a node needs is there before it boots, and as long as it runs: else it boots in vain, or cannot drain. */
export const nodesDependOnWhatTheyNeed: Check = (stack, config) => {
  const graph = new Graph(stack);
  const slots = groups(stack, config, "manager");
  const pools = groups(stack, config, "worker");
  return [...slots, ...pools].flatMap((group) => {
    const role = roleOf(stack, group).address;
    const ownGroups = securityGroupsOf(stack, group).map(({ address }) => address);
    const needed = [
      ...stack.resources("aws_dynamodb_table_item"),
      ...stack.resources("aws_route"),
      ...stack.resources("aws_route_table_association"),
      ...stack.resources("aws_vpc_endpoint"),
      ...stack.resources("aws_efs_mount_target"),
      ...stack.resources("aws_iam_role_policy").filter(({ properties }) => text(properties.role).includes(role)),
      ...[
        ...stack.resources("aws_vpc_security_group_ingress_rule"),
        ...stack.resources("aws_vpc_security_group_egress_rule"),
      ].filter(({ properties }) => ownGroups.some((own) => text(properties.security_group_id).includes(own))),
      ...(pools.includes(group) ? slots : []),
    ];
    return needed
      .filter((block) => !graph.needs(group, block))
      .map(({ address }) => `${group.address} does not depend on ${address}`);
  });
};

/** Every zone with nodes has one mount target of each file system. */
export const mountTargetsMatchZones: Check = (stack, config) =>
  stack.resources("aws_efs_file_system").flatMap((fileSystem) => {
    const subnets = stack
      .resources("aws_efs_mount_target")
      .filter(({ properties }) => stack.referent(properties.file_system_id).address === fileSystem.address)
      .map(({ properties }) => text(properties.subnet_id));
    const nodes = groups(stack, config, "worker").flatMap(
      ({ properties }) => properties.vpc_zone_identifier as string[],
    );
    const missing = [...new Set(nodes)].filter((subnet) => !subnets.includes(subnet));
    return [
      ...missing.map((subnet) => `${fileSystem.address} has no mount target in ${subnet}`),
      ...(new Set(subnets).size < subnets.length ? [`${fileSystem.address} has two mount targets in a subnet`] : []),
      ...(subnets.length === config.network.availabilityZones.length ? [] : [`${fileSystem.address} misses a zone`]),
    ];
  });

/** The settings say what the group they are delivered by is. */
export const settingsMatchGroups: Check = (stack, config) =>
  [...groups(stack, config, "manager"), ...groups(stack, config, "worker")].flatMap((group) => {
    const name = /local\.([\w-]+)/.exec(text(templateOf(stack, group).properties.user_data))?.[1] ?? "";
    const settings = (stack.json.locals as Record<string, Record<string, unknown>>)[name];
    return settings?.autoScalingGroup === group.properties.name ? [] : [`${group.address} delivers another's settings`];
  });
