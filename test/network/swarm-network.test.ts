import { fc, test as property } from "@fast-check/vitest";
import { DataResource } from "cdktf";
import { describe, expect, test } from "vitest";
import { ValidationError } from "../../lib/errors";
import { type NatMode, type NodeSubnets, SwarmNetwork, type SwarmNetworkProps } from "../../lib/network";
import { type Block, reference, type SynthesizedStack, synth } from "../support/synth";

const PROPS: SwarmNetworkProps = {
  clusterName: "apps",
  region: "eu-west-1",
  cidr: "10.20.0.0/16",
  availabilityZones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
};

function synthNetwork(props: Partial<SwarmNetworkProps> = {}): SynthesizedStack {
  return synth((stack) => {
    new SwarmNetwork(stack, "Network", { ...PROPS, ...props });
  });
}

function subnetsOf(stack: SynthesizedStack, tier: "public" | "private"): readonly Block[] {
  return stack.resources("aws_subnet").filter((subnet) => nameOf(subnet).startsWith(`apps-${tier}-`));
}

function nameOf({ properties }: Block): string {
  return (properties.tags as Record<string, string>).Name ?? "";
}

/** Where the route table of a subnet sends what is not for the VPC. */
function wayOutOf(stack: SynthesizedStack, subnet: Block): Block | undefined {
  const association = stack.resource("aws_route_table_association", { subnet_id: reference(subnet, "id") });
  const route = stack
    .resources("aws_route")
    .find(({ properties }) => properties.route_table_id === association.properties.route_table_id);
  if (route === undefined) return undefined;
  expect(route.properties.destination_cidr_block).toBe("0.0.0.0/0");
  return stack.referent(route.properties.gateway_id ?? route.properties.nat_gateway_id);
}

test("everything that a console lists is named after the cluster", () => {
  // WHEN
  const stack = synthNetwork();

  // THEN
  const names = (type: string) => stack.resources(type).map(nameOf);
  expect(names("aws_vpc")).toEqual(["apps"]);
  expect(names("aws_internet_gateway")).toEqual(["apps"]);
  expect(names("aws_nat_gateway")).toEqual(["apps-nat-eu-west-1a"]);
  expect(names("aws_eip")).toEqual(["apps-nat-eu-west-1a"]);
  expect(names("aws_route_table").sort()).toEqual([
    "apps-private-eu-west-1a",
    "apps-private-eu-west-1b",
    "apps-private-eu-west-1c",
    "apps-public",
  ]);
});

describe("the VPC", () => {
  test("resolves names and gives names to hosts, which mount targets and private endpoints need", () => {
    // WHEN
    const stack = synthNetwork();

    // THEN
    expect(stack.resource("aws_vpc").properties).toMatchObject({
      cidr_block: "10.20.0.0/16",
      enable_dns_support: true,
      enable_dns_hostnames: true,
    });
  });

  test("has a public and a private subnet in each zone", () => {
    // WHEN
    const stack = synthNetwork();

    // THEN
    for (const tier of ["public", "private"] as const) {
      const zones = subnetsOf(stack, tier).map(({ properties }) => properties.availability_zone);
      expect(zones).toEqual(PROPS.availabilityZones);
    }
  });

  test("gives nobody a public address who did not ask for one", () => {
    // WHEN
    const stack = synthNetwork({ nodeSubnets: "public" });

    // THEN
    for (const { properties } of stack.resources("aws_subnet")) expect(properties.map_public_ip_on_launch).toBe(false);
  });

  test("changes no subnet, route table or gateway when a zone is appended", () => {
    // GIVEN
    const before = synthNetwork({ nat: "per-zone", availabilityZones: PROPS.availabilityZones.slice(0, 2) });

    // WHEN
    const after = synthNetwork({ nat: "per-zone" });

    // THEN
    const endpoints = ({ type }: Block) => type === "aws_vpc_endpoint";
    expect(after.resources()).toEqual(
      expect.arrayContaining(before.resources().filter((block) => !endpoints(block)) as Block[]),
    );
  });
});

describe("routes", () => {
  test("lead public subnets to the internet gateway", () => {
    // WHEN
    const stack = synthNetwork({ nodeSubnets: "public" });

    // THEN
    for (const subnet of subnetsOf(stack, "public")) expect(wayOutOf(stack, subnet)?.type).toBe("aws_internet_gateway");
  });

  test("lead nowhere from private subnets that no node is in", () => {
    // WHEN
    const stack = synthNetwork({ nodeSubnets: "public" });

    // THEN
    expect(stack.resources("aws_nat_gateway")).toEqual([]);
    for (const subnet of subnetsOf(stack, "private")) expect(wayOutOf(stack, subnet)).toBeUndefined();
  });

  test("lead all private subnets to one NAT gateway by default", () => {
    // WHEN
    const stack = synthNetwork();

    // THEN
    const gateway = stack.resource("aws_nat_gateway");
    const home = stack.referent(gateway.properties.subnet_id);
    expect(nameOf(home)).toBe("apps-public-eu-west-1a");
    for (const subnet of subnetsOf(stack, "private")) expect(wayOutOf(stack, subnet)).toEqual(gateway);
  });

  test("lead each private subnet to the NAT gateway of its own zone in mode per-zone", () => {
    // WHEN
    const stack = synthNetwork({ nat: "per-zone" });

    // THEN
    expect(stack.resources("aws_nat_gateway")).toHaveLength(3);
    for (const subnet of subnetsOf(stack, "private")) {
      const home = stack.referent(wayOutOf(stack, subnet)?.properties.subnet_id);
      expect(home.properties.availability_zone).toBe(subnet.properties.availability_zone);
      expect(nameOf(home)).toContain("public");
    }
  });

  test("change alone when one NAT gateway becomes one per zone", () => {
    // GIVEN
    const single = synthNetwork({ nat: "single" });

    // WHEN
    const perZone = synthNetwork({ nat: "per-zone" });

    // THEN
    const kept = single.resources().filter(({ type }) => type !== "aws_route");
    expect(perZone.resources()).toEqual(expect.arrayContaining([...kept]));
  });
});

describe("a NAT gateway", () => {
  test("has an address of its own, and both live only as long as the internet gateway", () => {
    // WHEN
    const stack = synthNetwork();

    // THEN
    const gateway = stack.resource("aws_nat_gateway");
    const address = stack.referent(gateway.properties.allocation_id);
    const internetGateway = stack.resource("aws_internet_gateway");
    expect(address).toMatchObject({ type: "aws_eip", properties: { domain: "vpc" } });
    for (const { properties } of [gateway, address]) expect(properties.depends_on).toEqual([internetGateway.address]);
  });
});

describe("endpoints", () => {
  test("lead every route table to DynamoDB and S3 without a gateway's costs", () => {
    // WHEN
    const stack = synthNetwork();

    // THEN
    const tables = stack.resources("aws_route_table").map((table) => reference(table, "id"));
    expect(tables).toHaveLength(4);
    for (const service of ["dynamodb", "s3"]) {
      const endpoint = stack.resource("aws_vpc_endpoint", { service_name: `com.amazonaws.eu-west-1.${service}` });
      expect(endpoint.properties.vpc_endpoint_type).toBe("Gateway");
      expect([...(endpoint.properties.route_table_ids as string[])].sort()).toEqual([...tables].sort());
    }
  });

  test("are interfaces too where there is no way out, in all private subnets and under the services' own names", () => {
    // WHEN
    const stack = synthNetwork({ nat: "none" });

    // THEN
    const subnetIds = subnetsOf(stack, "private").map((subnet) => reference(subnet, "id"));
    for (const service of ["ssm", "ssmmessages", "ec2", "ec2messages", "autoscaling"]) {
      const endpoint = stack.resource("aws_vpc_endpoint", { service_name: `com.amazonaws.eu-west-1.${service}` });
      expect(endpoint.properties).toMatchObject({
        vpc_endpoint_type: "Interface",
        private_dns_enabled: true,
        subnet_ids: subnetIds,
        security_group_ids: [reference(stack.resource("aws_security_group"), "id")],
      });
    }
  });

  test("take HTTPS from the VPC and from nowhere else", () => {
    // WHEN
    const stack = synthNetwork({ nat: "none" });

    // THEN
    expect(stack.resource("aws_vpc_security_group_ingress_rule").properties).toMatchObject({
      cidr_ipv4: "10.20.0.0/16",
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
    });
  });

  test("cost nothing where there is a way out", () => {
    // WHEN
    const stack = synthNetwork();

    // THEN
    const types = stack.resources("aws_vpc_endpoint").map(({ properties }) => properties.vpc_endpoint_type);
    expect(types).toEqual(["Gateway", "Gateway"]);
  });
});

test("an isolated network has no door to the internet at all", () => {
  // WHEN
  const stack = synthNetwork({ nodeSubnets: "private", nat: "none" });

  // THEN
  for (const type of ["aws_internet_gateway", "aws_nat_gateway", "aws_eip", "aws_route"]) {
    expect(stack.resources(type)).toEqual([]);
  }
  expect(subnetsOf(stack, "public")).toEqual([]);
});

describe("what nodes are told", () => {
  /** A stack with a stand-in for a node: its input is what the network says, and it waits for what nodes wait for. */
  function synthNode(props: Partial<SwarmNetworkProps>): SynthesizedStack {
    return synth((stack) => {
      const network = new SwarmNetwork(stack, "Network", { ...PROPS, ...props });
      const input = { subnetIds: network.nodeSubnetIds, public: network.assignsPublicAddresses };
      new DataResource(stack, "Node", { input, dependsOn: [...network.dependables] });
    });
  }

  test.each([
    ["public", true],
    ["private", false],
  ] as const)("is the %s subnets, in the order of the zones", (nodeSubnets, isPublic) => {
    // WHEN
    const stack = synthNode({ nodeSubnets, availabilityZones: ["eu-west-1c", "eu-west-1a"] });

    // THEN
    const input = stack.resource("terraform_data").properties.input as { subnetIds: string[]; public: boolean };
    const subnets = input.subnetIds.map((id) => stack.referent(id));
    expect(input.public).toBe(isPublic);
    expect(subnets.map(nameOf)).toEqual([`apps-${nodeSubnets}-eu-west-1c`, `apps-${nodeSubnets}-eu-west-1a`]);
  });

  test.each<[NodeSubnets, NatMode]>([
    ["public", "none"],
    ["private", "none"],
    ["private", "single"],
    ["private", "per-zone"],
  ])("is to wait for every route, association, endpoint and its rules (%s nodes, NAT %s)", (nodeSubnets, nat) => {
    // WHEN
    const stack = synthNode({ nodeSubnets, nat });

    // THEN
    const awaited = /^aws_(route|route_table_association|vpc_endpoint|vpc_security_group_\w+_rule)$/;
    const expected = stack.resources().filter(({ type }) => awaited.test(type));
    const { depends_on: dependsOn } = stack.resource("terraform_data").properties;
    expect([...(dependsOn as string[])].sort()).toEqual(expected.map(({ address }) => address).sort());
  });
});

describe("bad properties", () => {
  test("are all named at once, with the construct's path", () => {
    // WHEN
    const build = () =>
      synthNetwork({ cidr: "10.20.5.0/16", availabilityZones: ["eu-west-1a", "eu-west-1a", "us-east-1a"] });

    // THEN
    expect(build).toThrow(ValidationError);
    expect(build).toThrow(
      [
        "stack/Network: invalid properties",
        '- cidr must have no host bits: "10.20.5.0/16" is an address inside 10.20.0.0/16; write 10.20.0.0/16',
        '- availabilityZones[2] must be a zone of eu-west-1, got "us-east-1a"; write eu-west-1a',
        '- availabilityZones[1] must be named once, got "eu-west-1a" again; write another zone, or drop it',
      ].join("\n"),
    );
  });

  test.each([
    ["not-a-block", "cidr must be an IPv4 block"],
    [
      "10.20.0.0/25",
      'cidr must be between /16 and /24, which are the sizes a VPC can be cut up in, got "10.20.0.0/25"',
    ],
    ["10.0.0.0/8", "cidr must be between /16 and /24"],
    ["8.8.0.0/16", "cidr must be a private block"],
  ])("are refused for the block %s", (cidr, message) => {
    expect(() => synthNetwork({ cidr })).toThrow(message);
  });

  test.each([
    ["none", []],
    ["too many", ["a", "b", "c", "d", "e", "f", "g"].map((letter) => `eu-west-1${letter}`)],
  ])("are refused for %s of the zones", (_, availabilityZones) => {
    expect(() => synthNetwork({ availabilityZones })).toThrow(
      "availabilityZones must be a list of 1 to 6 availability zones",
    );
  });

  test("are refused for a local zone, whose name only begins like the region", () => {
    expect(() => synthNetwork({ region: "us-west-2", availabilityZones: ["us-west-2-lax-1a"] })).toThrow(
      "availabilityZones[0] must be a zone of us-west-2",
    );
  });
});

property.prop(
  [
    fc.integer({ min: 1, max: 6 }),
    fc.constantFrom<NodeSubnets>("public", "private"),
    fc.constantFrom<NatMode>("none", "single", "per-zone"),
  ],
  { numRuns: 36 },
)("every node subnet has a way out, or endpoints instead of one", (count, nodeSubnets, nat) => {
  const availabilityZones = ["a", "b", "c", "d", "e", "f"].slice(0, count).map((letter) => `us-east-1${letter}`);
  const stack = synthNetwork({ region: "us-east-1", availabilityZones, nodeSubnets, nat });
  const isolated = nodeSubnets === "private" && nat === "none";
  const interfaces = stack.resources("aws_vpc_endpoint").filter((e) => e.properties.vpc_endpoint_type === "Interface");
  for (const subnet of subnetsOf(stack, nodeSubnets)) expect(wayOutOf(stack, subnet) === undefined).toBe(isolated);
  expect(interfaces).toHaveLength(isolated ? 5 : 0);
});
