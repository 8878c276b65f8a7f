import { describe, expect, test } from "vitest";
import type { EnvironmentConfig } from "../../lib/config";
import { checks } from "../support/checks";
import { SynthesizedStack } from "../support/synth";
import { fullEnvironment, synthEnvironment } from "../support/synth-environment";

type Properties = Record<string, unknown>;
type Plant = (blocks: (type: string) => Properties[], json: Record<string, Properties>) => void;

const config = fullEnvironment();
const sound = synthEnvironment(config);

/** The sound stack with a fault in it. */
function planted(plant: Plant): SynthesizedStack {
  const json = structuredClone(sound.json) as Record<string, Properties>;
  const blocks = (type: string) => Object.values((json.resource?.[type] ?? {}) as Record<string, Properties>);
  plant(blocks, json);
  return new SynthesizedStack(json, JSON.stringify(json));
}

const first = (blocks: Properties[], having: (block: Properties) => boolean = () => true): Properties =>
  blocks.find(having) as Properties;
const slot = (block: Properties) => String(block.name).startsWith("apps-manager-");
const pool = (block: Properties) => String(block.name).startsWith("apps-worker-");
const policyOf = (role: string) => (block: Properties) => String(block.role).includes(role);
const rule = (pattern: RegExp) => (block: Properties) => pattern.test(JSON.stringify(block));
const anywhere = { referenced_security_group_id: undefined, cidr_ipv4: "0.0.0.0/0" };

/** For each check the faults it is there for. */
const plants: Readonly<Record<string, Readonly<Record<string, Plant>>>> = {
  slotsAreGroupsOfOne: {
    "an even number of slots": (blocks, json) => {
      const groups = json.resource?.aws_autoscaling_group as Record<string, Properties>;
      for (const [id, group] of Object.entries(groups)) if (group.name === "apps-manager-2") delete groups[id];
      expect(blocks("aws_autoscaling_group").filter(slot)).toHaveLength(2);
    },
    "a slot of two": (blocks) => Object.assign(first(blocks("aws_autoscaling_group"), slot), { max_size: 2 }),
    "a slot over two zones": (blocks) =>
      Object.assign(first(blocks("aws_autoscaling_group"), slot), { vpc_zone_identifier: ["a", "b"] }),
    "AWS replacing managers": (blocks) =>
      Object.assign(first(blocks("aws_autoscaling_group"), slot), { suspended_processes: ["AZRebalance"] }),
    "launches suspended": (blocks) =>
      Object.assign(first(blocks("aws_autoscaling_group"), slot), {
        suspended_processes: ["ReplaceUnhealthy", "AZRebalance", "Launch"],
      }),
    "AWS rolling managers": (blocks) =>
      Object.assign(first(blocks("aws_autoscaling_group"), slot), { instance_refresh: { strategy: "Rolling" } }),
  },
  slotsAreSpread: {
    "all managers in one zone": (blocks) => {
      for (const group of blocks("aws_autoscaling_group").filter(slot)) group.vpc_zone_identifier = ["a"];
    },
  },
  poolsHaveHooks: {
    "no launch hook": (blocks) => delete first(blocks("aws_autoscaling_group"), pool).initial_lifecycle_hook,
    "a launch hook that lets everything into service": (blocks) =>
      Object.assign(
        (first(blocks("aws_autoscaling_group"), pool).initial_lifecycle_hook as Properties[])[0] as Properties,
        { default_result: "CONTINUE" },
      ),
    "a launch hook whose change replaces the group": (blocks) =>
      delete first(blocks("aws_autoscaling_group"), pool).lifecycle,
    "a launch hook shorter than a boot": (blocks) =>
      Object.assign(
        (first(blocks("aws_autoscaling_group"), pool).initial_lifecycle_hook as Properties[])[0] as Properties,
        { heartbeat_timeout: 60 },
      ),
    "a terminate hook that stops at a node that is silent": (blocks) =>
      Object.assign(first(blocks("aws_autoscaling_lifecycle_hook")), { default_result: "ABANDON" }),
    "a hook nobody answers": (_, json) => {
      for (const settings of Object.values(json.locals as Record<string, Properties>)) delete settings.terminateHook;
    },
    "no terminate hook": (_, json) => delete json.resource?.aws_autoscaling_lifecycle_hook,
    "a terminate hook longer than the deletion": (blocks) =>
      Object.assign(first(blocks("aws_autoscaling_lifecycle_hook")), { heartbeat_timeout: 1800 }),
  },
  groupsDoNotWait: {
    "waiting for capacity": (blocks) => delete first(blocks("aws_autoscaling_group")).wait_for_capacity_timeout,
    "the latest version, whichever that is": (blocks) =>
      Object.assign(first(blocks("aws_autoscaling_group")).launch_template as Properties, { version: "$Latest" }),
    "ten minutes to drain": (blocks) => delete first(blocks("aws_autoscaling_group")).timeouts,
  },
  nodesAreHardened: {
    "an open disk": (blocks) =>
      Object.assign(first(blocks("aws_launch_template")), { block_device_mappings: [{ ebs: { volume_size: 8 } }] }),
    "an answer beyond one hop": (blocks) =>
      Object.assign(first(blocks("aws_launch_template")).metadata_options as Properties, {
        http_put_response_hop_limit: 2,
      }),
    "an open file system": (blocks) => Object.assign(first(blocks("aws_efs_file_system")), { encrypted: false }),
  },
  nodesDependOnWhatTheyNeed: Object.fromEntries(
    [
      "item",
      "route",
      "endpoint",
      "mount_target",
      "role_policy",
      "ingress_rule",
      "egress_rule",
      "autoscaling_group",
    ].map((kind) => [
      `groups that do not depend on their ${kind}`,
      (blocks: (type: string) => Properties[]) => {
        for (const group of blocks("aws_autoscaling_group")) {
          group.depends_on = (group.depends_on as string[]).filter((each) => !each.split(".")[0]?.includes(kind));
        }
      },
    ]),
  ),
  mountTargetsMatchZones: {
    "a zone without a mount target": (_, json) => {
      const targets = json.resource?.aws_efs_mount_target as Properties;
      delete targets[Object.keys(targets)[0] as string];
    },
  },
  settingsMatchGroups: {
    "another group's settings": (_, json) => {
      for (const settings of Object.values(json.locals as Record<string, Properties>)) settings.autoScalingGroup = "x";
    },
  },
  policiesReferToNoGroup: {
    "a policy made of a group's ARN": (blocks) =>
      Object.assign(first(blocks("aws_iam_role_policy")), { policy: "${aws_autoscaling_group.x.arn}" }),
  },
  policiesAreNarrow: {
    "all of a service": (blocks) => replaceIn(first(blocks("aws_iam_role_policy")), "dynamodb:GetItem", "dynamodb:*"),
    "an action on everything": (blocks) =>
      replaceIn(first(blocks("aws_iam_role_policy")), "ssm:UpdateInstanceInformation", "ssm:GetParameter"),
  },
  workersAreBoundToRecords: {
    "a worker that reads any record": (blocks) =>
      replaceIn(
        first(blocks("aws_iam_role_policy"), policyOf("Workers")),
        "dynamodb:LeadingKeys",
        "dynamodb:Attributes",
      ),
  },
  workersMayDoNoMore: {
    "a worker that lists the registry": (blocks) =>
      replaceIn(first(blocks("aws_iam_role_policy"), policyOf("Workers")), "dynamodb:GetItem", "dynamodb:Scan"),
    "a worker that reads what managers read": (blocks) =>
      replaceIn(first(blocks("aws_iam_role_policy"), policyOf("Workers")), "removing#*", "*"),
    "a worker that writes another's record": (blocks) =>
      replaceIn(first(blocks("aws_iam_role_policy"), policyOf("Workers")), "node#$${aws:userid}", "node#*"),
    "a worker that lists the managers' instances": (blocks) =>
      replaceIn(
        first(blocks("aws_iam_role_policy"), policyOf("Workers")),
        "ssm:UpdateInstanceInformation",
        "autoscaling:DescribeAutoScalingGroups",
      ),
    "a worker that writes the token": (blocks) =>
      replaceIn(
        first(blocks("aws_iam_role_policy"), policyOf("Workers")),
        '\\"dynamodb:UpdateItem\\"',
        '\\"dynamodb:GetItem\\",\\"dynamodb:UpdateItem\\"',
      ),
  },
  poolsMayAnswerHooks: {
    "a pool that may answer another's hooks": (blocks) =>
      replaceIn(first(blocks("aws_iam_role_policy"), policyOf("Workers")), "apps-worker-general", "apps-worker-other"),
  },
  managersMayReplaceSlots: {
    "a slot to come that managers may not replace": (blocks) =>
      replaceIn(first(blocks("aws_iam_role_policy"), policyOf("Managers")), "apps-manager-6", "apps-manager-7"),
    "workers that may end managers": (blocks) =>
      replaceIn(
        first(blocks("aws_iam_role_policy"), policyOf("Workers")),
        "autoscaling:CompleteLifecycleAction",
        "autoscaling:TerminateInstanceInAutoScalingGroup",
      ),
  },
  unlockKeyIsForManagers: {
    "no secret": (_, json) => delete json.resource?.aws_secretsmanager_secret,
    "a key in the state": (_, json) => {
      Object.assign(json.resource as Properties, { aws_secretsmanager_secret_version: { x: { secret_string: "x" } } });
    },
    "workers with the key": (blocks) =>
      replaceIn(
        first(blocks("aws_iam_role_policy"), policyOf("Workers")),
        "dynamodb:GetItem",
        "secretsmanager:GetSecretValue",
      ),
    "managers with every key": (blocks) =>
      replaceIn(
        first(blocks("aws_iam_role_policy"), policyOf("Managers")),
        "dynamodb:ConditionCheckItem",
        "secretsmanager:GetSecretValue",
      ),
    "a secret that outlives its cluster": (blocks) =>
      delete first(blocks("aws_secretsmanager_secret")).recovery_window_in_days,
    "managers that do not know of it": (_, json) => {
      for (const settings of Object.values(json.locals as Record<string, Properties>)) delete settings.unlockKeySecret;
    },
  },
  seedIsWrittenOnce: {
    "a seed that is put back": (blocks) => delete first(blocks("aws_dynamodb_table_item")).lifecycle,
    "a second writer": (_, json) => {
      const items = json.resource?.aws_dynamodb_table_item as Properties;
      items.second = Object.values(items)[0];
    },
    "a seed that is claimed": (blocks) => replaceIn(first(blocks("aws_dynamodb_table_item")), "unclaimed", "ready"),
    "a nonce that stays": (blocks) =>
      replaceIn(first(blocks("aws_dynamodb_table_item")), "${terraform_data", "${aws_x"),
  },
  nodesCarryTheNonce: {
    "a node of another life": (_, json) => {
      for (const settings of Object.values(json.locals as Record<string, Properties>)) settings.nonce = "other";
    },
  },
  scaleInIsRefused: {
    "slots deleted unseen": (blocks) => {
      for (const block of blocks("terraform_data")) delete block.lifecycle;
    },
    "too many slots let go": (blocks) =>
      replaceIn(
        first(blocks("terraform_data"), (block) => block.lifecycle !== undefined),
        `slot >= ${config.managers.count}`,
        `slot >= ${config.managers.count + 2}`,
      ),
    "a record read too late": (_, json) => Object.assign(memberRecord(json), { table_name: "${aws_dynamodb_table.x}" }),
    "a record read too late for its condition": (_, json) =>
      Object.assign(memberRecord(json), { lifecycle: { postcondition: [{ condition: "true" }] } }),
    "the whole record in the state": (_, json) => delete memberRecord(json).projection_expression,
    "a record read before there is one": (_, json) => delete memberRecord(json).depends_on,
  },
  nothingSecretIsWritten: {
    "a join token": (_, json) => {
      json.locals = { ...json.locals, token: "SWMTKN-1-abc" };
    },
    "a key of REX-Ray": (_, json) => {
      json.locals = { ...json.locals, settings: { EFS_SECRETKEY: "x" } };
    },
  },
  tableIsPlain: {
    "provisioned capacity": (blocks) =>
      Object.assign(first(blocks("aws_dynamodb_table")), { billing_mode: "PROVISIONED" }),
    "no encryption": (blocks) => delete first(blocks("aws_dynamodb_table")).server_side_encryption,
    "a sort key": (blocks) => Object.assign(first(blocks("aws_dynamodb_table")), { range_key: "sk" }),
    "another key": (blocks) => Object.assign(first(blocks("aws_dynamodb_table")), { hash_key: "id" }),
  },
  rulesHaveOneSource: {
    "two sources": (blocks) =>
      Object.assign(first(blocks("aws_vpc_security_group_ingress_rule"), rule(/referenced/)), {
        cidr_ipv4: "10.0.0.0/8",
      }),
    "no source": (blocks) =>
      delete first(blocks("aws_vpc_security_group_ingress_rule"), rule(/referenced/)).referenced_security_group_id,
    "an opening nobody asked for": (blocks) =>
      Object.assign(first(blocks("aws_vpc_security_group_ingress_rule"), rule(/"cidr_ipv4"/)), {
        cidr_ipv4: "9.9.9.0/24",
      }),
  },
  swarmPortsAreClosed: Object.fromEntries(
    [2375, 2377, 7946, 4789].map((port) => [
      `port ${port} open to the world`,
      (blocks: (type: string) => Properties[]) =>
        Object.assign(
          first(blocks("aws_vpc_security_group_ingress_rule"), (each) => each.from_port === port),
          anywhere,
        ),
    ]),
  ),
  workersDoNotReachManagersDocker: {
    "workers on the managers' Docker API": (blocks) =>
      Object.assign(
        first(
          blocks("aws_vpc_security_group_ingress_rule"),
          rule(/"referenced_security_group_id":"[^"]*_workers_.*"security_group_id":"[^"]*_managers_/),
        ),
        { ip_protocol: "tcp", from_port: 2300, to_port: 2376 },
      ),
  },
  espHasNoPorts: {
    "ports of a protocol without": (blocks) =>
      Object.assign(
        first(blocks("aws_vpc_security_group_ingress_rule"), (each) => each.ip_protocol === "50"),
        {
          from_port: 0,
          to_port: 0,
        },
      ),
  },
  dataPathPortIsOpen: {
    "another port than the nodes'": (_, json) => {
      for (const settings of Object.values(json.locals as Record<string, Properties>)) {
        Object.assign(settings.swarm as Properties, { dataPathPort: 4790 });
      }
    },
  },
  groupsHaveNoInlineRules: {
    "an inline rule": (blocks) => Object.assign(first(blocks("aws_security_group")), { ingress: [] }),
  },
  nodesHaveAWayOut: {
    "no way out": (_, json) => delete json.resource?.aws_vpc_security_group_egress_rule,
  },
  gateIsLast: {
    "something after the gate": (blocks, json) => {
      const gates = Object.entries(json.resource?.terraform_data as Record<string, Properties>);
      const [id] = gates.find(([, block]) => block.provisioner !== undefined) as [string, Properties];
      first(blocks("aws_vpc")).depends_on = [`terraform_data.${id}`];
    },
    "a gate that does not wait for a group": (blocks) => {
      const gate = first(blocks("terraform_data"), (block) => block.provisioner !== undefined);
      gate.depends_on = (gate.depends_on as string[]).filter((each) => !each.includes("TerminateHook"));
    },
    "no gate": (blocks) =>
      delete first(blocks("terraform_data"), (block) => block.provisioner !== undefined).provisioner,
    "a program on destroy": (blocks) =>
      Object.assign(first(blocks("aws_vpc")), { provisioner: [{ "local-exec": { command: "x", when: "destroy" } }] }),
  },
  blocksAreApart: {
    "overlay networks in the VPC": (_, json) => {
      for (const settings of Object.values(json.locals as Record<string, Properties>)) {
        Object.assign(settings.swarm as Properties, { addressPool: "10.0.0.0/8" });
      }
    },
    "subnets that overlap": (blocks) => {
      const [one, two] = blocks("aws_subnet");
      (one as Properties).cidr_block = (two as Properties).cidr_block;
    },
  },
  nothingIsTiedToAPartition: {
    "a region of its own": (blocks) => Object.assign(first(blocks("aws_vpc")), { region: "eu-west-1" }),
    "a partition in an ARN": (blocks) =>
      replaceIn(first(blocks("aws_iam_role_policy")), "autoscaling:DescribeAutoScalingGroups", "arn:aws:iam::1:x"),
  },
  everythingIsTagged: {
    "something without the cluster's tag": (blocks) => Object.assign(first(blocks("aws_vpc")), { tags: { Name: "x" } }),
    "instances without it": (blocks) => {
      for (const tag of first(blocks("aws_autoscaling_group")).tag as Properties[]) tag.propagate_at_launch = false;
    },
    "volumes without it": (blocks) => {
      const template = first(blocks("aws_launch_template"));
      template.tag_specifications = (template.tag_specifications as Properties[]).filter(
        ({ resource_type: type }) => type !== "volume",
      );
    },
  },
};

test("fails when a check finds something in a sound stack", () => {
  const found = Object.values(checks).flatMap((check) => check(sound, config));

  expect(found).toEqual([]);
});

test("fails when a check has no fault to prove itself on", () => {
  expect(Object.keys(plants).sort()).toEqual(Object.keys(checks).sort());
});

describe.each(Object.keys(checks))("%s", (name) => {
  test.each(Object.keys(plants[name] ?? {}))("fails when it overlooks %s", (fault) => {
    const stack = planted((plants[name] as Record<string, Plant>)[fault] as Plant);

    expect(checks[name]?.(stack, config)).not.toEqual([]);
  });
});

test("fails when the metadata service is opened without REX-Ray", () => {
  const without: EnvironmentConfig = { ...config, storage: {} };

  expect(checks.nodesAreHardened?.(sound, without)).not.toEqual([]);
});

function memberRecord(json: Record<string, Properties>): Properties {
  return Object.values(json.data?.aws_dynamodb_table_item as Record<string, Properties>)[0] as Properties;
}

function replaceIn(block: Properties, text: string, replacement: string): void {
  const before = JSON.stringify(block);
  if (!before.includes(text)) throw new Error(`there is no ${text} to plant ${replacement} in place of`);
  Object.assign(block, JSON.parse(before.replaceAll(text, () => replacement)));
}
