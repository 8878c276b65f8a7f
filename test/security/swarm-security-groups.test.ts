import { fc, test as property } from "@fast-check/vitest";
import { DataResource } from "cdktf";
import { describe, expect, test } from "vitest";
import { ValidationError } from "../../lib/errors";
import { type SwarmAccessRule, SwarmSecurityGroups, type SwarmSecurityGroupsProps } from "../../lib/security";
import { type Block, type SynthesizedStack, synth } from "../support/synth";

const HTTPS: SwarmAccessRule = {
  description: "Web",
  to: "workers",
  protocol: "tcp",
  port: 443,
  cidrs: ["0.0.0.0/0"],
};

function synthGroups(props: Partial<SwarmSecurityGroupsProps> = {}): SynthesizedStack {
  return synth((stack) => {
    const groups = new SwarmSecurityGroups(stack, "Groups", { clusterName: "apps", vpcId: "vpc-1", ...props });
    new DataResource(stack, "Node", { dependsOn: [...groups.dependables] });
  });
}

function groupName(stack: SynthesizedStack, expression: unknown): string {
  const { properties } = stack.referent(expression);
  return String(properties.name_prefix).replace(/^apps-|-$/g, "");
}

/** Every ingress rule as `source>target protocol ports`, where a block is its own name. */
function ingress(stack: SynthesizedStack): readonly string[] {
  return stack.resources("aws_vpc_security_group_ingress_rule").map(({ properties }) => {
    const { referenced_security_group_id: group, cidr_ipv4: cidr } = properties;
    const source = group === undefined ? cidr : groupName(stack, group);
    const ports = [properties.from_port, properties.to_port].filter((port) => port !== undefined).join("-");
    const target = groupName(stack, properties.security_group_id);
    return `${source}>${target} ${properties.ip_protocol} ${ports}`.trim();
  });
}

function rulesOf(stack: SynthesizedStack): readonly Block[] {
  return [
    ...stack.resources("aws_vpc_security_group_ingress_rule"),
    ...stack.resources("aws_vpc_security_group_egress_rule"),
  ];
}

describe("the rules inside a cluster", () => {
  test("are exactly what a swarm needs", () => {
    // WHEN
    const stack = synthGroups();

    // THEN
    const amongNodes = ["tcp 7946-7946", "udp 7946-7946", "udp 4789-4789", "50"].flatMap((traffic) => [
      `managers>managers ${traffic}`,
      `managers>workers ${traffic}`,
      `workers>managers ${traffic}`,
      `workers>workers ${traffic}`,
    ]);
    const expected = [
      ...amongNodes,
      "managers>managers tcp 2377-2377",
      "workers>managers tcp 2377-2377",
      "managers>managers tcp 2375-2375",
      "managers>workers tcp 2375-2375",
      "operators>managers tcp 2375-2375",
      "operators>workers tcp 2375-2375",
    ];
    expect([...ingress(stack)].sort()).toEqual(expected.sort());
  });

  test("do without the Docker API when it is switched off", () => {
    // WHEN
    const stack = synthGroups({ dockerApi: "none" });

    // THEN
    expect(ingress(stack).filter((rule) => rule.includes("2375"))).toEqual([]);
  });

  test("give ESP no ports, which would show as a change in every plan", () => {
    // WHEN
    const stack = synthGroups();

    // THEN
    const rules = rulesOf(stack).filter(({ properties }) => properties.ip_protocol === "50");
    expect(rules).toHaveLength(4);
    for (const { properties } of rules) {
      expect(properties).not.toHaveProperty("from_port");
      expect(properties).not.toHaveProperty("to_port");
    }
  });

  test("have ids that say who reaches whom for what", () => {
    // WHEN
    const stack = synthGroups();

    // THEN
    const ids = stack.resources("aws_vpc_security_group_ingress_rule").map(({ id }) => id);
    expect(ids).toContainEqual(expect.stringContaining("workers-to-managers-control"));
  });

  test("let every group out, which Terraform takes away by default", () => {
    // WHEN
    const stack = synthGroups();

    // THEN
    const rules = stack.resources("aws_vpc_security_group_egress_rule");
    const groups = rules.map(({ properties }) => groupName(stack, properties.security_group_id));
    expect([...groups].sort()).toEqual(["managers", "operators", "workers"]);
    for (const { properties } of rules) {
      expect(properties).toMatchObject({ cidr_ipv4: "0.0.0.0/0", ip_protocol: "-1" });
      expect(properties).not.toHaveProperty("from_port");
    }
  });

  test("are all there before a node is", () => {
    // WHEN
    const stack = synthGroups({ accessRules: [HTTPS] });

    // THEN
    const { depends_on: dependsOn } = stack.resource("terraform_data").properties;
    const addresses = rulesOf(stack).map(({ address }) => address);
    expect([...(dependsOn as string[])].sort()).toEqual([...addresses].sort());
  });
});

test("a group can be replaced and deleted while others refer to it, and has no rules of its own", () => {
  // WHEN
  const stack = synthGroups();

  // THEN
  const groups = stack.resources("aws_security_group");
  expect(groups).toHaveLength(3);
  for (const { properties } of groups) {
    expect(properties).toMatchObject({ revoke_rules_on_delete: true, lifecycle: { create_before_destroy: true } });
    expect(properties).not.toHaveProperty("name");
    expect(properties).not.toHaveProperty("ingress");
    expect(properties).not.toHaveProperty("egress");
  }
});

describe("an access rule", () => {
  test("opens its ports to each of its blocks", () => {
    // WHEN
    const rule: SwarmAccessRule = { ...HTTPS, port: 8000, toPort: 8010, cidrs: ["203.0.113.0/24", "198.51.100.7/32"] };
    const stack = synthGroups({ accessRules: [rule] });

    // THEN
    expect(ingress(stack).filter((each) => each.includes("tcp 80"))).toEqual([
      "198.51.100.7/32>workers tcp 8000-8010",
      "203.0.113.0/24>workers tcp 8000-8010",
    ]);
  });

  test("for nodes opens managers and workers", () => {
    // WHEN
    const stack = synthGroups({ accessRules: [{ ...HTTPS, to: "nodes", protocol: "udp" }] });

    // THEN
    expect(ingress(stack).filter((each) => each.startsWith("0.0.0.0/0"))).toEqual([
      "0.0.0.0/0>managers udp 443-443",
      "0.0.0.0/0>workers udp 443-443",
    ]);
  });

  test("leaves the other rules as they are when one is added before it", () => {
    // GIVEN
    const before = synthGroups({ accessRules: [HTTPS] });

    // WHEN
    const after = synthGroups({ accessRules: [{ ...HTTPS, port: 80 }, HTTPS] });

    // THEN
    expect(rulesOf(after)).toEqual(expect.arrayContaining([...rulesOf(before)]));
  });

  test.each([
    ["the Docker API", { port: 2375 }, "port must not open ports 2375 to 2377"],
    ["the Docker API with TLS", { port: 2376 }, "port must not open ports 2375 to 2377"],
    ["the control API", { port: 2377 }, "port must not open ports 2375 to 2377"],
    ["gossip", { port: 7946 }, "port must not open port 7946"],
    ["the data path", { port: 5789, protocol: "udp" as const }, "port must not open port 5789"],
    ["a range that holds them", { port: 1, toPort: 65535 }, "toPort must not open port 5789"],
  ])("never opens %s", (_, part, got) => {
    expect(() => synthGroups({ dataPathPort: 5789, accessRules: [{ ...HTTPS, ...part }] })).toThrow(
      `accessRules[0].${got}`,
    );
  });

  test("never opens the Docker API even where it is switched off", () => {
    expect(() => synthGroups({ dockerApi: "none", accessRules: [{ ...HTTPS, port: 2375 }] })).toThrow("got port 2375");
  });

  test("is refused with every fault named", () => {
    // WHEN
    const rule: SwarmAccessRule = { ...HTTPS, port: 90, toPort: 80, cidrs: ["10.0.0.1/8"], description: "é ${var.x}" };
    const build = () => synthGroups({ dataPathPort: 80, accessRules: [rule, { ...HTTPS, cidrs: [] }] });

    // THEN
    expect(build).toThrow(ValidationError);
    expect(build).toThrow(
      [
        "stack/Groups: invalid properties",
        "- dataPathPort must be a whole number from 1024 to 49151, got 80; write for example 4789",
        "- accessRules[0].description must be 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, " +
          'which is what AWS takes, and without ${, got "é ${var.x}"; write for example HTTPS for everyone',
        '- accessRules[0].cidrs[0] must have no host bits: "10.0.0.1/8" is an address inside 10.0.0.0/8; write 10.0.0.0/8',
        "- accessRules[1].cidrs must be a list of 1 to 60 IPv4 blocks that may connect, got an empty list; write for example [203.0.113.0/24]",
        "- accessRules[0].toPort must not be below port, got 80 and port 90; write 90 or more, or drop toPort",
      ].join("\n"),
    );
  });

  test.each(["", "Wéb", "${var.x}", "%{ if true }", "x".repeat(256)])(
    "is refused for the description %j, which AWS does not take or Terraform would read",
    (description) => {
      expect(() => synthGroups({ accessRules: [{ ...HTTPS, description }] })).toThrow(
        "accessRules[0].description must be 1 to 255 letters",
      );
    },
  );

  test("is refused when another one opens the same, which AWS would refuse", () => {
    expect(() => synthGroups({ accessRules: [HTTPS, { ...HTTPS, to: "nodes" }] })).toThrow(
      "accessRules[1].cidrs[0] must be opened once for the same nodes and ports, got 0.0.0.0/0 again",
    );
  });

  test.each([0, 65536, 1.5])("is refused for port %d", (port) => {
    expect(() => synthGroups({ accessRules: [{ ...HTTPS, port }] })).toThrow(
      "port must be a whole number from 1 to 65535",
    );
  });
});

/** Whatever props are asked for; what they break is thrown at synth, which is as good as not opening anything. */
const anyProps = fc.record({
  dataPathPort: fc.integer({ min: 1024, max: 49151 }),
  dockerApi: fc.constantFrom("internal" as const, "none" as const),
  accessRules: fc.array(
    fc.record({
      description: fc.constant("Some access"),
      to: fc.constantFrom("managers" as const, "workers" as const, "nodes" as const),
      protocol: fc.constantFrom("tcp" as const, "udp" as const),
      port: fc.oneof(fc.integer({ min: 1, max: 65535 }), fc.constantFrom(2374, 2375, 2376, 2377, 7946)),
      cidrs: fc.subarray(["0.0.0.0/0", "10.0.0.0/8", "198.51.100.7/32"], { minLength: 1 }),
    }),
    { maxLength: 4 },
  ),
});

function synthIfValid(props: Partial<SwarmSecurityGroupsProps>): SynthesizedStack | undefined {
  try {
    return synthGroups(props);
  } catch (error) {
    if (error instanceof ValidationError) return undefined;
    throw error;
  }
}

describe("whatever is asked for", () => {
  /** Each run is a synth; the ports that matter are among few. */
  const RUNS = { numRuns: 30 };
  const SOURCES = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"];

  property.prop([anyProps], RUNS)("every rule has exactly one source", (props) => {
    const rules = rulesOf(synthIfValid(props) ?? synthGroups());
    for (const { properties } of rules) expect(SOURCES.filter((source) => source in properties)).toHaveLength(1);
  });

  property.prop([anyProps], RUNS)("the world reaches only what an access rule opens to it", (props) => {
    const stack = synthIfValid(props);
    if (stack === undefined) return;
    const asked = new Set(
      props.accessRules
        .filter(({ cidrs }) => cidrs.includes("0.0.0.0/0"))
        .map(({ protocol, port }) => `${protocol} ${port}-${port}`),
    );
    const open = ingress(stack).filter((rule) => rule.startsWith("0.0.0.0/0>"));
    for (const rule of open) expect(asked).toContain(rule.replace(/^\S+ /, ""));
  });

  property.prop([anyProps], RUNS)("no address block reaches the swarm's own ports", (props) => {
    const own = [2375, 2376, 2377, 7946, props.dataPathPort].map((port) => `${port}-${port}`);
    const fromBlocks = ingress(synthIfValid(props) ?? synthGroups()).filter((rule) => /^\d/.test(rule));
    for (const rule of fromBlocks) expect(own).not.toContain(rule.split(" ")[2]);
  });

  property.prop([anyProps], RUNS)("workers reach nobody's Docker API", (props) => {
    const rules = ingress(synthIfValid(props) ?? synthGroups({ dockerApi: props.dockerApi }));
    expect(rules.filter((rule) => /^workers>.* (2375|2376)-/.test(rule))).toEqual([]);
  });
});
