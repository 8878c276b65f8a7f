import { TerraformOutput, type TerraformStack } from "cdktf";
import { describe, expect, test } from "vitest";
import { ReadinessGate, SwarmCluster, type SwarmClusterProps } from "../../lib/cluster";
import { SwarmNetwork } from "../../lib/network";
import { MachineImage, UserDataSnippet } from "../../lib/nodes";
import { reference, synth, warningsOf } from "../support/synth";

const props: SwarmClusterProps = {
  clusterName: "apps",
  region: "eu-west-1",
  network: { cidr: "10.20.0.0/16", availabilityZones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"] },
  image: MachineImage.fromId("ami-0123456789abcdef0"),
  workers: [{ name: "general", desired: 2 }],
};

function cluster(overrides: Partial<SwarmClusterProps> = {}, then: (cluster: SwarmCluster) => void = () => {}) {
  return synth((scope) => then(new SwarmCluster(scope, "Swarm", { ...props, ...overrides })));
}

const settings = (stack: ReturnType<typeof cluster>) =>
  Object.values(stack.json.locals as Record<string, Record<string, unknown>>).filter(
    (each) => "autoScalingGroup" in each,
  );
const outputs = (stack: ReturnType<typeof cluster>) => stack.json.output as Record<string, { value: unknown }>;
const gate = (stack: ReturnType<typeof cluster>) =>
  stack.resources("terraform_data").find(({ properties }) => properties.provisioner !== undefined)?.properties;
const command = (stack: ReturnType<typeof cluster>) =>
  (gate(stack)?.provisioner as { "local-exec": { command: string } }[] | undefined)?.[0]?.["local-exec"].command;

test("fails when a cluster of nothing but a network and an image is not three managers in private", () => {
  const { workers: _, clusterName: __, ...least } = props;

  const stack = synth((scope) => {
    new SwarmCluster(scope, "Swarm", least);
  });

  expect(stack.resources("aws_autoscaling_group").map(({ properties }) => properties.name)).toEqual([
    "swarm-manager-0",
    "swarm-manager-1",
    "swarm-manager-2",
  ]);
  expect(stack.resource("aws_dynamodb_table").properties.name).toBe("swarm-registry");
  expect(stack.resources("aws_nat_gateway")).toHaveLength(1);
  expect(stack.resources("aws_efs_file_system")).toEqual([]);
});

test("fails when nodes are told of another swarm than the security groups are made for", () => {
  const stack = cluster({ swarm: { dataPathPort: 8472, dockerApi: "none", taskHistoryLimit: 1 } });

  for (const each of settings(stack)) {
    expect(each).toMatchObject({
      cluster: "apps",
      table: "apps-registry",
      region: "eu-west-1",
      nonce: reference(stack.resource("terraform_data", { triggers_replace: { table: "apps-registry" } }), "id"),
      slots: 3,
      dockerApi: "none",
      swarm: {
        addressPool: "10.255.0.0/16",
        addressPoolMaskLength: 24,
        dataPathPort: 8472,
        heartbeatSeconds: 5,
        certExpiryHours: 2160,
        taskHistoryLimit: 1,
      },
    });
  }
  const ports = stack.resources("aws_vpc_security_group_ingress_rule").map(({ properties }) => properties.from_port);
  expect(ports).toContain(8472);
  expect(ports).not.toContain(2375);
});

test("fails when a network that was there before is not used", () => {
  const stack = synth((scope) => {
    const existingNetwork = SwarmNetwork.fromNetworkAttributes(scope, "Network", {
      vpcId: "vpc-1",
      vpcCidr: "10.20.0.0/16",
      availabilityZones: ["eu-west-1a"],
      nodeSubnetIds: ["subnet-1"],
    });
    new SwarmCluster(scope, "Swarm", { ...props, network: undefined, existingNetwork });
  });

  expect(stack.resources("aws_vpc")).toEqual([]);
  for (const { properties } of stack.resources("aws_autoscaling_group")) {
    expect(properties.vpc_zone_identifier).toEqual(["subnet-1"]);
  }
});

test("fails when a role is not within the bounds it is given", () => {
  const permissionsBoundary = "arn:aws:iam::123456789012:policy/nodes";

  const roles = cluster({ permissionsBoundary }).resources("aws_iam_role");

  expect(roles.map(({ properties }) => properties.permissions_boundary)).toEqual([
    permissionsBoundary,
    permissionsBoundary,
  ]);
});

describe("storage", () => {
  const efs = { efs: { mountPath: "/srv/shared" } };

  test("fails when nodes are not told where the file system is", () => {
    const stack = cluster({ storage: efs });

    const fileSystem = stack.resource("aws_efs_file_system");
    for (const each of settings(stack)) {
      expect(each.efs).toEqual({
        fileSystemId: reference(fileSystem, "id"),
        dnsName: reference(fileSystem, "dns_name"),
        mountPath: "/srv/shared",
      });
    }
  });

  test("fails when managers or workers cannot mount", () => {
    const rules = cluster({ storage: efs }).resources("aws_vpc_security_group_ingress_rule");

    const nfs = rules.filter(({ properties }) => properties.from_port === 2049);
    expect(nfs.map(({ properties }) => properties.description)).toEqual(["NFS from managers", "NFS from workers"]);
  });

  test("fails when a path that breaks fstab is let through", () => {
    expect(() => cluster({ storage: { efs: { mountPath: "mnt/my efs" } } })).toThrow(
      /storage.efs.mountPath must be an absolute path/,
    );
  });

  const plugin = "rexray/efs:0.11.4";
  test.each([
    [undefined, []],
    [{ plugin }, ["worker-general", "worker-web"]],
    [{ plugin, pools: ["web"] }, ["worker-web"]],
    [{ plugin, on: "managers" }, ["manager-0"]],
    [{ plugin, on: "nodes" }, ["manager-0", "worker-general", "worker-web"]],
  ] as const)("fails when REX-Ray given as %j opens version 1 of the metadata service elsewhere", (rexray, nodes) => {
    const stack = cluster({
      managers: { count: 1 },
      workers: [{ name: "general" }, { name: "web" }],
      storage: { rexray },
    });

    const open = stack
      .resources("aws_launch_template")
      .filter(({ properties }) => (properties.metadata_options as { http_tokens: string }).http_tokens === "optional")
      .map(({ properties }) => /^apps-(.*)-$/.exec(String(properties.name_prefix))?.[1]);
    const told = settings(stack)
      .filter((each) => each.rexray !== undefined)
      .map((each) => String(each.autoScalingGroup).replace("apps-", ""));
    expect(open.sort()).toEqual(nodes);
    expect(told.sort()).toEqual(nodes);
  });

  test.each([
    [undefined, []],
    ["workers", ["workers"]],
    ["managers", ["managers"]],
    ["nodes", ["managers", "workers"]],
  ] as const)("fails when nodes that REX-Ray does not run on (%s) may see or mount its file systems", (on, clients) => {
    const stack = cluster({ storage: on === undefined ? efs : { rexray: { plugin, on } } });

    const seeing = stack
      .resources("aws_iam_role_policy")
      .filter(({ properties }) => String(properties.policy).includes("elasticfilesystem:DescribeFileSystems"))
      .map(
        ({ properties }) =>
          `${String(stack.referent(properties.role).properties.name).replace("apps-eu-west-1-", "")}s`,
      );
    const mounting = stack
      .resources("aws_vpc_security_group_ingress_rule")
      .filter(({ properties }) => String(properties.security_group_id).includes("Rexray"))
      .map(({ properties }) => String(properties.description).replace("NFS from ", ""));
    expect(seeing).toEqual(clients);
    expect(mounting).toEqual(clients);
  });

  test("fails when a cluster without REX-Ray warns, or one with it does not", () => {
    const build = (overrides: Partial<SwarmClusterProps>) => (scope: TerraformStack) => {
      new SwarmCluster(scope, "Swarm", { ...props, ...overrides });
    };

    expect(warningsOf(build({}))).toEqual([]);
    expect(warningsOf(build({ storage: { rexray: { plugin: "rexray/efs:0.11.4" } } }))).toHaveLength(1);
  });
});

describe("a locked swarm", () => {
  const locked = { swarm: { autolock: true } };
  const roles = (stack: ReturnType<typeof cluster>) =>
    stack
      .resources("aws_iam_role_policy")
      .filter(({ properties }) => String(properties.policy).includes("secretsmanager:"))
      .map(({ properties }) => [
        stack.referent(properties.role).properties.name,
        JSON.parse(String(properties.policy)).Statement.filter(({ Sid }: { Sid: string }) => Sid === "UnlockKey"),
      ]);

  test("fails when a swarm nobody locked has a secret, or its managers look for one", () => {
    const stack = cluster();

    expect(stack.resources("aws_secretsmanager_secret")).toEqual([]);
    expect(roles(stack)).toEqual([]);
    expect(stack.text).not.toContain("unlockKeySecret");
  });

  test("fails when managers are not told of the secret, or workers are", () => {
    const stack = cluster(locked);

    const arn = reference(stack.resource("aws_secretsmanager_secret"), "arn");
    for (const each of settings(stack)) {
      expect(each.unlockKeySecret).toBe(each.role === "manager" ? arn : undefined);
    }
  });

  test("fails when anybody but managers may read or write the key, or managers any other secret", () => {
    const stack = cluster(locked);

    const arn = reference(stack.resource("aws_secretsmanager_secret"), "arn");
    const Action = ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"];
    expect(roles(stack)).toEqual([
      ["apps-eu-west-1-manager", [{ Sid: "UnlockKey", Effect: "Allow", Action, Resource: [arn] }]],
    ]);
  });

  test("fails when the key is Terraform's to know, or its secret is in the way of the next cluster", () => {
    const stack = cluster(locked);

    expect(stack.resource("aws_secretsmanager_secret").properties).toMatchObject({
      name: "apps-unlock-key",
      recovery_window_in_days: 0,
    });
    expect(stack.resources("aws_secretsmanager_secret_version")).toEqual([]);
  });

  test("fails when managers of an isolated network cannot reach their key, or others pay for the way to it", () => {
    const isolated = { network: { ...props.network, nat: "none" } as SwarmClusterProps["network"] };
    const services = (overrides: Partial<SwarmClusterProps>) =>
      cluster(overrides)
        .resources("aws_vpc_endpoint")
        .map(({ properties }) => String(properties.service_name).split(".").at(-1));

    expect(services({ ...isolated, ...locked })).toContain("secretsmanager");
    expect(services(isolated)).not.toContain("secretsmanager");
    expect(services(locked)).not.toContain("secretsmanager");
  });
});

describe("pools", () => {
  test("fails when a pool added later is another than one given at once", () => {
    const { workers, ...rest } = props;

    const later = synth((scope) => {
      new SwarmCluster(scope, "Swarm", rest).addWorkerPool("general", { desired: 2 });
    });

    expect(workers).toHaveLength(1);
    expect(later.text).toBe(cluster().text);
  });

  test("fails when two pools have one name", () => {
    expect(() => cluster({}, (swarm) => swarm.addWorkerPool("general"))).toThrow(
      /pool names must be unique in the cluster, got "general" again/,
    );
  });

  test("fails when pools whose names differ by a hyphen cannot be in one cluster", () => {
    const stack = cluster({ workers: [{ name: "a-1" }, { name: "a1" }] });

    const policy = stack.resource("aws_iam_role_policy", { role: "${aws_iam_role.Swarm_Roles_Workers_B10BB366.name}" });
    expect(String(policy.properties.policy)).toContain("AnswerHooksOfaZ1");
    expect(String(policy.properties.policy)).toContain("AnswerHooksOfa1");
  });

  test("fails when the cluster's snippets do not come before the pool's", () => {
    const snippet = (text: string) => UserDataSnippet.shellScript(`#!/bin/sh\n${text}`);
    const stack = cluster({
      userDataSnippets: [snippet("all")],
      workers: [{ name: "general", userDataSnippets: [snippet("pool")] }],
    });

    const parts = Object.entries(stack.json.locals as Record<string, { content: string }[]>).find(([name]) =>
      /general.*Snippets/.test(name),
    )?.[1];
    expect(parts?.map(({ content }) => Buffer.from(content, "base64").toString())).toEqual([
      "#!/bin/sh\nall",
      "#!/bin/sh\npool",
    ]);
  });
});

test("fails when a readiness gate by itself takes a time no wait can have", () => {
  const build = () =>
    synth((scope) => {
      new ReadinessGate(scope, "Gate", { table: "apps-registry", region: "eu-west-1", timeoutSeconds: 0 });
    });

  expect(build).toThrow(/timeoutSeconds must be a whole number of seconds from 60 to 7200, got 0/);
});

describe("readiness", () => {
  test("fails when the gate waits for another swarm than the one deployed", () => {
    const stack = cluster({ readiness: { timeoutSeconds: 600 } });

    expect(command(stack)).toMatch(
      /^node (?:\.\.\/)+\S*dist\/lib\/cli\/main\.js wait --table apps-registry --region eu-west-1 --managers 3 --pool general=2 --timeout 600$/,
    );
  });

  test("fails when a change that a deploy has to wait for does not open the gate anew", () => {
    const stack = cluster();
    const template = stack.resource("aws_launch_template", { name_prefix: "apps-worker-general-" });

    expect(gate(stack)?.triggers_replace).toMatchObject({
      managers: "3",
      "pool general": "2",
      "template of pool general": reference(template, "latest_version"),
    });
  });

  test("fails when a deploy waits that was told not to", () => {
    expect(gate(cluster({ readiness: { wait: false } }))).toBeUndefined();
  });

  test("fails when a time no wait can have is let through", () => {
    expect(() => cluster({ readiness: { timeoutSeconds: 0 } })).toThrow(
      /readiness.timeoutSeconds must be a whole number of seconds from 60 to 7200, got 0/,
    );
  });
});

describe("outputs", () => {
  test("fails when an operator is not told what the cluster is called", () => {
    const stack = cluster({ storage: { efs: {} } }, (swarm) => swarm.addWorkerPool("batch"));

    const named = (name: string) => reference(stack.resource("aws_autoscaling_group", { name }), "name");
    expect(Object.fromEntries(Object.entries(outputs(stack)).map(([name, { value }]) => [name, value]))).toEqual({
      apps_registry_table: reference(stack.resource("aws_dynamodb_table"), "name"),
      apps_region: "eu-west-1",
      apps_nonce: expect.stringContaining("Nonce"),
      apps_worker_role_unique_id: expect.stringContaining("Workers"),
      apps_operator_security_group_id: expect.stringContaining("operators"),
      apps_worker_security_group_id: expect.stringContaining("workers"),
      apps_manager_groups: ["apps-manager-0", "apps-manager-1", "apps-manager-2"].map(named),
      apps_worker_groups: { general: named("apps-worker-general"), batch: named("apps-worker-batch") },
      apps_vpc_id: expect.stringContaining("aws_vpc"),
      apps_efs_dns_name: expect.stringContaining("dns_name"),
    });
  });

  test("fails when two clusters of a stack replace each other's outputs", () => {
    const stack = synth((scope) => {
      new SwarmCluster(scope, "One", { ...props, clusterName: "one-a" });
      new SwarmCluster(scope, "Two", {
        ...props,
        clusterName: "two",
        network: { ...props.network, cidr: "10.21.0.0/16" } as never,
      });
      new TerraformOutput(scope, "other", { value: "x" });
    });

    expect(Object.keys(outputs(stack))).toEqual(expect.arrayContaining(["one_a_region", "two_region"]));
  });
});

describe("faults", () => {
  test("fails when they do not come all at once, with the path of the cluster", () => {
    expect(() =>
      cluster({
        clusterName: "Apps!",
        managers: { count: 2 },
        swarm: { addressPool: "10.20.128.0/17", heartbeatSeconds: 0 },
      }),
    ).toThrow(
      /stack\/Swarm: .*\n- clusterName must be.*\n- managers.count must be 1, 3, 5 or 7.*\n- swarm.heartbeatSeconds must be.*\n- swarm.addressPool must not overlap the VPC, got 10.20.128.0\/17 beside network.cidr 10.20.0.0\/16/s,
    );
  });

  test("fails when a pool overlay networks cannot be cut from is let through", () => {
    expect(() => cluster({ swarm: { addressPool: "10.255.0.1/16" } })).toThrow(
      /swarm.addressPool must have no host bits/,
    );
    expect(() => cluster({ swarm: { addressPoolMaskLength: 16 } })).toThrow(
      /must leave room .* got 16; write a mask length from 17 to 29/,
    );
  });

  test("fails when no network, or two, are let through", () => {
    expect(() => cluster({ network: undefined })).toThrow(/either network .* or existingNetwork .* got neither/);
  });
});
