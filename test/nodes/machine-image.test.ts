import { TerraformOutput } from "cdktf";
import { expect, test } from "vitest";
import { MachineImage } from "../../lib/nodes";
import { reference, synth } from "../support/synth";

const bound = (image: MachineImage) =>
  synth((scope) => {
    new TerraformOutput(scope, "Id", { value: image.bind(scope).imageId });
  });
const idOf = (stack: ReturnType<typeof bound>) => (stack.json.output as { Id: { value: string } }).Id.value;

test("fails when a fixed image asks AWS anything", () => {
  const stack = bound(MachineImage.fromId("ami-1"));

  expect(idOf(stack)).toBe("ami-1");
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
      { name: "state", values: ["available"] },
    ],
  });
  expect(idOf(stack)).toBe(reference(image, "id"));
});
