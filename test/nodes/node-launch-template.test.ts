import { describe, expect, test } from "vitest";
import { MetadataService, NodeLaunchTemplate, type NodeLaunchTemplateProps } from "../../lib/nodes";
import { network, nodeSettings } from "../support/node-group";
import { synth } from "../support/synth";

function template(overrides: Partial<NodeLaunchTemplateProps> = {}) {
  const stack = synth((scope) => {
    new NodeLaunchTemplate(scope, "Template", {
      name: "apps-worker-general",
      imageId: "ami-0123456789abcdef0",
      network: network(),
      securityGroupIds: ["sg-1"],
      instanceProfileName: "apps-worker",
      settings: nodeSettings(),
      ...overrides,
    });
  });
  return stack.resource("aws_launch_template").properties;
}

describe("by default", () => {
  test("fails when a node's metadata service answers without a session, or to a container", () => {
    expect(template().metadata_options).toEqual({
      http_endpoint: "enabled",
      http_tokens: "required",
      http_put_response_hop_limit: 1,
      instance_metadata_tags: "disabled",
    });
  });

  test("fails when a disk is open, left behind, or not the image's root", () => {
    expect(template().block_device_mappings).toEqual([
      {
        device_name: "/dev/xvda",
        ebs: { volume_type: "gp3", volume_size: 20, encrypted: "true", delete_on_termination: "true" },
      },
    ]);
  });

  test("fails when a private node gets a public address", () => {
    expect(template().network_interfaces).toEqual([
      {
        device_index: 0,
        associate_public_ip_address: "false",
        security_groups: ["sg-1"],
        delete_on_termination: "true",
      },
    ]);
  });

  test("fails when an instance or its volume cannot be told by name", () => {
    expect(template().tag_specifications).toEqual([
      { resource_type: "instance", tags: { Name: "apps-worker-general" } },
      { resource_type: "volume", tags: { Name: "apps-worker-general" } },
    ]);
  });
});

test("fails when a public node gets no public address", () => {
  const { network_interfaces } = template({ network: network({ assignsPublicAddresses: true }) });

  expect(network_interfaces).toEqual([expect.objectContaining({ associate_public_ip_address: "true" })]);
});

test("fails when an option does not reach the template", () => {
  const properties = template({
    instanceType: "m6i.large",
    rootVolumeSizeGiB: 60,
    rootDeviceName: "/dev/sda1",
    metadataService: MetadataService.V1_AND_V2,
  });

  expect(properties).toMatchObject({
    instance_type: "m6i.large",
    metadata_options: { http_tokens: "optional" },
    block_device_mappings: [{ device_name: "/dev/sda1", ebs: { volume_size: 60 } }],
  });
});

test("fails when a volume no AWS volume can be is let through", () => {
  expect(() => template({ rootVolumeSizeGiB: 4 })).toThrow(
    /rootVolumeSizeGiB must be a whole number of GiB from 8 to 16384, got 4/,
  );
});
