import { type Check, groups, list, nodeSettings, templateOf, text } from "./check";

/** A slot is a group of exactly one, in one zone, which AWS neither replaces nor moves by itself. */
export const slotsAreGroupsOfOne: Check = (stack, config) => {
  const slots = groups(stack, config, "manager");
  const faults = [1, 3, 5, 7].includes(slots.length) ? [] : [`${slots.length} manager slots`];
  for (const { address, properties } of slots) {
    const sizes = [properties.min_size, properties.max_size, properties.desired_capacity];
    if (sizes.some((size) => size !== 1)) faults.push(`${address} has sizes ${text(sizes)}`);
    if (list(properties.vpc_zone_identifier).length !== 1) faults.push(`${address} is in several zones`);
    const suspended = (properties.suspended_processes ?? []) as readonly string[];
    for (const process of ["ReplaceUnhealthy", "AZRebalance"]) {
      if (!suspended.includes(process)) faults.push(`${address} does not suspend ${process}`);
    }
    for (const process of ["Launch", "Terminate"]) {
      if (suspended.includes(process)) faults.push(`${address} suspends ${process}`);
    }
    if (properties.instance_refresh !== undefined) faults.push(`${address} is refreshed by AWS`);
  }
  return faults;
};

/** No zone has more managers than an even spread needs. */
export const slotsAreSpread: Check = (stack, config) => {
  const slots = groups(stack, config, "manager");
  const zones = config.network.availabilityZones.length;
  const counts = new Map<string, number>();
  for (const { properties } of slots) {
    const subnet = text(properties.vpc_zone_identifier);
    counts.set(subnet, (counts.get(subnet) ?? 0) + 1);
  }
  const most = Math.ceil(slots.length / zones);
  return [...counts].filter(([, count]) => count > most).map(([subnet, count]) => `${count} managers in ${subnet}`);
};

/** A pool's instances are in service only once Ready, and end only once drained. */
export const poolsHaveHooks: Check = (stack, config) =>
  groups(stack, config, "worker").flatMap((pool) => {
    const faults: string[] = [];
    const [launch] = list(pool.properties.initial_lifecycle_hook);
    if (launch?.lifecycle_transition !== "autoscaling:EC2_INSTANCE_LAUNCHING" || launch.default_result !== "ABANDON") {
      faults.push(`${pool.address} has no launch hook that abandons`);
    } else if (!(Number(launch.heartbeat_timeout) >= 600)) {
      faults.push(`${pool.address} abandons instances that are still booting`);
    }
    const [lifecycle] = list(pool.properties.lifecycle);
    if (!text(lifecycle?.ignore_changes ?? []).includes("initial_lifecycle_hook")) {
      faults.push(`${pool.address} would be replaced by a change of its launch hook`);
    }
    const terminate = stack
      .resources("aws_autoscaling_lifecycle_hook")
      .find(({ properties }) => text(properties.autoscaling_group_name).includes(pool.address));
    const told = nodeSettings(stack).find(({ autoScalingGroup }) => autoScalingGroup === pool.properties.name);
    if (told?.launchHook !== launch?.name || told?.terminateHook !== terminate?.properties.name) {
      faults.push(`${pool.address} has hooks its nodes do not answer`);
    }
    const heartbeat = Number(terminate?.properties.heartbeat_timeout);
    if (terminate?.properties.lifecycle_transition !== "autoscaling:EC2_INSTANCE_TERMINATING") {
      faults.push(`${pool.address} has no terminate hook`);
    } else if (terminate.properties.default_result !== "CONTINUE") {
      faults.push(`${pool.address} has a terminate hook that does not go on`);
    } else if (!(heartbeat < deleteTimeoutSeconds(pool.properties))) {
      faults.push(`${pool.address} may wait longer for its terminate hook than for its deletion`);
    }
    return faults;
  });

/** Terraform does not wait for instances, and says which version of the template is to be launched. */
export const groupsDoNotWait: Check = (stack, config) =>
  [...groups(stack, config, "manager"), ...groups(stack, config, "worker")].flatMap((group) => {
    const faults: string[] = [];
    const { properties, address } = group;
    if (properties.wait_for_capacity_timeout !== "0") faults.push(`${address} waits for capacity`);
    if (properties.force_delete === true) faults.push(`${address} is deleted before its instances`);
    if (properties.lifecycle !== undefined && text(properties.lifecycle).includes("create_before_destroy")) {
      faults.push(`${address} cannot be created beside itself, its name is fixed`);
    }
    if (!(deleteTimeoutSeconds(properties) >= 1800)) faults.push(`${address} has too little time to drain`);
    const [template] = list(properties.launch_template);
    const expected = `\${${templateOf(stack, group).address}.latest_version}`;
    if (template?.version !== expected) faults.push(`${address} launches version ${text(template?.version)}`);
    return faults;
  });

function deleteTimeoutSeconds(properties: Readonly<Record<string, unknown>>): number {
  const [timeouts] = list(properties.timeouts);
  return Number(/^(\d+)m$/.exec(text(timeouts?.delete ?? ""))?.[1] ?? Number.NaN) * 60;
}
