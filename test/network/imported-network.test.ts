import { DataResource, Fn, TerraformVariable } from "cdktf";
import { describe, expect, test } from "vitest";
import { ValidationError } from "../../lib/errors";
import { type ISwarmNetwork, SwarmNetwork, type SwarmNetworkAttributes } from "../../lib/network";
import { type SynthesizedStack, synth } from "../support/synth";

const ATTRIBUTES: SwarmNetworkAttributes = {
  vpcId: "vpc-1",
  vpcCidr: "10.50.0.0/16",
  availabilityZones: ["eu-west-1a", "eu-west-1b"],
  nodeSubnetIds: ["subnet-a", "subnet-b"],
};

function importNetwork(attributes: Partial<SwarmNetworkAttributes> = {}): {
  readonly stack: SynthesizedStack;
  readonly network: ISwarmNetwork;
} {
  const networks: ISwarmNetwork[] = [];
  const stack = synth((scope) => {
    const network = SwarmNetwork.fromNetworkAttributes(scope, "Network", { ...ATTRIBUTES, ...attributes });
    new DataResource(scope, "Node", { dependsOn: [...network.dependables] });
    networks.push(network);
  });
  const [network] = networks;
  if (network === undefined) throw new Error("no network");
  return { stack, network };
}

function postconditionsOf(properties: Readonly<Record<string, unknown>>): readonly string[] {
  const { postcondition } = properties.lifecycle as { postcondition: { condition: string }[] };
  return postcondition.map(({ condition }) => condition);
}

describe("an existing network", () => {
  test("gives back what was said of it, with no public subnets and no public addresses unless said", () => {
    // WHEN
    const { network } = importNetwork();

    // THEN
    expect(network).toMatchObject({ ...ATTRIBUTES, publicSubnetIds: [], assignsPublicAddresses: false });
  });

  test("is read and never changed", () => {
    // WHEN
    const { stack } = importNetwork();

    // THEN
    expect(stack.resources().filter(({ type }) => type.startsWith("aws_"))).toEqual([]);
  });

  test("must have DNS and the block it is said to have", () => {
    // WHEN
    const { stack } = importNetwork();

    // THEN
    const { properties } = stack.dataSource("aws_vpc", { id: "vpc-1" });
    expect(postconditionsOf(properties)).toEqual([
      "${(self.enable_dns_support && self.enable_dns_hostnames)}",
      '${(self.cidr_block == "10.50.0.0/16")}',
    ]);
  });

  test("must have each of the nodes' subnets in its zone", () => {
    // WHEN
    const { stack } = importNetwork();

    // THEN
    const { properties } = stack.dataSource("aws_subnet", { id: "subnet-b" });
    expect(postconditionsOf(properties)).toEqual([
      '${((self.vpc_id == "vpc-1") && (self.availability_zone == "eu-west-1b"))}',
    ]);
  });

  test("makes nodes wait until all of that is checked", () => {
    // WHEN
    const { stack } = importNetwork();

    // THEN
    const read = stack.dataSources().map(({ address }) => address);
    const { depends_on: dependsOn } = stack.resource("terraform_data").properties;
    expect([...(dependsOn as string[])].sort()).toEqual([...read].sort());
  });

  test("may have ids that only Terraform knows", () => {
    // WHEN
    const stack = synth((scope) => {
      const vpc = new TerraformVariable(scope, "vpc", { type: "string" });
      const subnet = new TerraformVariable(scope, "subnet", { type: "string" });
      SwarmNetwork.fromNetworkAttributes(scope, "Network", {
        ...ATTRIBUTES,
        vpcId: vpc.stringValue,
        availabilityZones: ["eu-west-1a"],
        nodeSubnetIds: [subnet.stringValue],
      });
    });

    // THEN
    const { properties } = stack.dataSource("aws_subnet");
    expect(properties.id).toBe("${var.subnet}");
    expect(postconditionsOf(properties)).toEqual([
      '${((self.vpc_id == var.vpc) && (self.availability_zone == "eu-west-1a"))}',
    ]);
  });
});

describe("bad attributes", () => {
  test("are all named at once, with the construct's path", () => {
    // WHEN
    const build = () =>
      importNetwork({
        vpcCidr: "10.50.0.0/28",
        nodeSubnetIds: ["subnet-a"],
        publicSubnetIds: ["subnet-c", "subnet-c"],
      });

    // THEN
    expect(build).toThrow(ValidationError);
    expect(build).toThrow(
      [
        "stack/Network: invalid properties",
        '- vpcCidr must be between /16 and /24, which are the sizes a VPC can be cut up in, got "10.50.0.0/28"; write for example 10.20.0.0/16',
        "- nodeSubnetIds must name one subnet for each of the 2 availability zones, got [subnet-a]",
        "- publicSubnetIds must name one subnet for each of the 2 availability zones, got [subnet-c, subnet-c]",
      ].join("\n"),
    );
  });

  test("include a list whose length only Terraform knows, for nodes are laid out at synth", () => {
    // WHEN
    const build = () => importNetwork({ nodeSubnetIds: Fn.tolist(Fn.split(",", "a,b")) as unknown as string[] });

    // THEN
    expect(build).toThrow("nodeSubnetIds must be known at synth, got a Terraform expression");
  });
});
