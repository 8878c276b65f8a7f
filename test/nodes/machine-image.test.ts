import { ref, TerraformOutput, Token } from "cdktf";
import { expect, test } from "vitest";
import { MachineImage } from "../../lib/nodes";
import { reference, synth } from "../support/synth";

const bound = (image: MachineImage, instanceType?: string) =>
  synth((scope) => {
    new TerraformOutput(scope, "Id", { value: image.bind(scope, { instanceType }).imageId });
  });
const idOf = (stack: ReturnType<typeof bound>) => (stack.json.output as { Id: { value: string } }).Id.value;

test("fails when a fixed image asks AWS anything", () => {
  const stack = bound(MachineImage.fromId("ami-0123456789abcdef0"));

  expect(idOf(stack)).toBe("ami-0123456789abcdef0");
  expect(stack.dataSources()).toEqual([]);
});

test("fails when a parameter's image is hidden in plans as if it were a secret", () => {
  const stack = bound(MachineImage.fromSsmParameter("/acme/ami"));

  const parameter = stack.dataSource("aws_ssm_parameter", { name: "/acme/ami" });
  expect(idOf(stack)).toBe(reference(parameter, "insecure_value"));
});

test("fails when a named image may be anybody's, or an old one", () => {
  const stack = bound(MachineImage.fromName("swarm-node-*", ["self"]));

  const image = stack.dataSource("aws_ami");
  expect(image.properties).toMatchObject({
    most_recent: true,
    owners: ["self"],
    filter: [
      { name: "name", values: ["swarm-node-*"] },
      { name: "architecture", values: ["x86_64"] },
      { name: "state", values: ["available"] },
    ],
  });
  expect(idOf(stack)).toBe(reference(image, "id"));
});

test.each([
  [undefined, "x86_64"],
  ["t3.small", "x86_64"],
  ["g4dn.xlarge", "x86_64"],
  ["gr6.4xlarge", "x86_64"],
  ["m7i-flex.large", "x86_64"],
  ["x2iezn.2xlarge", "x86_64"],
  ["u-6tb1.112xlarge", "x86_64"],
  ["a1.medium", "arm64"],
  ["t4g.small", "arm64"],
  ["m7gd.large", "arm64"],
  ["c7gn.large", "arm64"],
  ["im4gn.large", "arm64"],
  ["is4gen.medium", "arm64"],
  ["g5g.xlarge", "arm64"],
  ["hpc7g.4xlarge", "arm64"],
])("fails when %s finds an image that is not for %s", (instanceType, architecture) => {
  const stack = bound(MachineImage.fromName("swarm-node-*", ["self"]), instanceType);

  expect(stack.dataSource("aws_ami").properties.filter).toContainEqual({
    name: "architecture",
    values: [architecture],
  });
});

test.each([
  ["swarm-node-amd64-*", "t4g.small", "amd64"],
  ["swarm_x86_64_*", "c7gn.large", "amd64"],
  ["swarm-node-arm64-*", "m6i.large", "arm64"],
  ["aarch64/node", undefined, "arm64"],
])("fails when an image named %s is let through for %s", (name, instanceType, architecture) => {
  expect(MachineImage.fromName(name, ["self"]).fault({ instanceType })).toContain(`got one for ${architecture}`);
});

test.each([
  ["swarm-node-*", "t4g.small"],
  ["swarm-node-arm64-*", "t4g.small"],
  ["charm64ing-*", "t3.small"],
])("fails when an image named %s is refused to %s, which it may fit", (name, instanceType) => {
  expect(MachineImage.fromName(name, ["self"]).fault({ instanceType })).toBeUndefined();
});

test("fails when an image that says what it is for is let through for another machine", () => {
  expect(MachineImage.fromId("ami-0123456789abcdef0", "arm64").fault({})).toMatch(
    /for amd64, which t3.small is, got one for arm64/,
  );
  expect(MachineImage.fromSsmParameter("/ami", "amd64").fault({ instanceType: "t4g.small" })).toMatch(/for arm64/);
  expect(MachineImage.fromId("ami-0123456789abcdef0").fault({ instanceType: "t4g.small" })).toBeUndefined();
});

test("fails when a machine that only Terraform knows is taken to be of any architecture", () => {
  const instanceType = Token.asString(ref("var.type"));

  expect(MachineImage.fromName("swarm-node-*", ["self"]).fault({ instanceType })).toMatch(/must name its architecture/);
  expect(MachineImage.fromName("swarm-node-*", ["self"], "arm64").fault({ instanceType })).toBeUndefined();
});

test("fails when an image bound twice in a scope is looked for twice, or another one is taken for it", () => {
  const names = ["swarm-node-*", "swarm-node-*", "other-*"];

  const stack = synth((scope) => {
    for (const name of names) MachineImage.fromName(name, ["self"]).bind(scope);
    for (const name of ["/a", "/a", "/b"]) MachineImage.fromSsmParameter(name).bind(scope);
  });

  expect(stack.dataSources("aws_ami")).toHaveLength(2);
  expect(stack.dataSources("aws_ssm_parameter")).toHaveLength(2);
});
