import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { App, DataResource, Lazy, TerraformVariable, Token } from "cdktf";
import type { Construct } from "constructs";
import { describe, expect, test } from "vitest";
import { SwarmTags } from "../lib/tags";
import { type SynthesizedStack, synth, warningsOf } from "./support/synth";

const TAGS = { "cdktf-swarm:cluster": "apps", team: "web" };

function tagged(build: (scope: Construct) => void): (stack: Construct) => void {
  return (stack) => {
    SwarmTags.addTo(stack, TAGS);
    build(stack);
  };
}

function synthTagged(build: (scope: Construct) => void): SynthesizedStack {
  return synth(tagged(build));
}

describe("SwarmTags", () => {
  test("tags a resource, whose own tags stay", () => {
    // WHEN
    const stack = synthTagged((scope) => {
      new Vpc(scope, "Vpc", { tags: { Name: "mine", team: "core" } });
    });

    // THEN
    expect(stack.resource("aws_vpc").properties.tags).toEqual({ ...TAGS, Name: "mine", team: "core" });
  });

  test("tags a resource that has no tags", () => {
    // WHEN
    const stack = synthTagged((scope) => {
      new VpcSecurityGroupIngressRule(scope, "Rule", { securityGroupId: "sg-1", ipProtocol: "tcp" });
    });

    // THEN
    expect(stack.resource("aws_vpc_security_group_ingress_rule").properties.tags).toEqual(TAGS);
  });

  test("adds to tags that only Terraform knows", () => {
    // WHEN
    const stack = synthTagged((scope) => {
      const own = new TerraformVariable(scope, "own", { type: "map(string)" });
      new Vpc(scope, "Vpc", { tags: Token.asStringMap(own.value) });
    });

    // THEN
    expect(stack.resource("aws_vpc").properties.tags).toMatch(/^\$\{merge\(.*"team" = "web".*, var\.own\)\}$/);
  });

  test("tags an Auto Scaling group and what it launches, whose own tags stay", () => {
    // WHEN
    const stack = synthTagged((scope) => {
      const tag = [{ key: "team", value: "core", propagateAtLaunch: false }];
      new AutoscalingGroup(scope, "Group", { minSize: 1, maxSize: 1, tag });
    });

    // THEN
    expect(stack.resource("aws_autoscaling_group").properties.tag).toEqual([
      { key: "team", value: "core", propagate_at_launch: false },
      { key: "cdktf-swarm:cluster", value: "apps", propagate_at_launch: true },
    ]);
  });

  test("tags a launch template, and the volumes and interfaces that come with its instances", () => {
    // WHEN
    const stack = synthTagged((scope) => {
      const tagSpecifications = [{ resourceType: "volume", tags: { Name: "root" } }];
      new LaunchTemplate(scope, "Template", { tagSpecifications });
    });

    // THEN
    const { properties } = stack.resource("aws_launch_template");
    expect(properties.tags).toEqual(TAGS);
    expect(properties.tag_specifications).toEqual([
      { resource_type: "volume", tags: { ...TAGS, Name: "root" } },
      { resource_type: "network-interface", tags: TAGS },
    ]);
  });

  test("leaves data sources alone, where tags are a filter", () => {
    // WHEN
    const stack = synthTagged((scope) => {
      new DataAwsVpc(scope, "Vpc", { id: "vpc-1" });
    });

    // THEN
    expect(stack.dataSource("aws_vpc").properties).not.toHaveProperty("tags");
  });

  test("leaves alone what is not of AWS", () => {
    // WHEN
    const stack = synthTagged((scope) => {
      new DataResource(scope, "Data", {});
    });

    // THEN
    expect(stack.resource("terraform_data").properties).not.toHaveProperty("tags");
  });

  test("warns of blocks it cannot add to, because only Terraform knows them", () => {
    // WHEN
    const warnings = warningsOf(
      tagged((scope) => {
        new AutoscalingGroup(scope, "Group", { minSize: 1, maxSize: 1, tag: Lazy.anyValue({ produce: () => [] }) });
      }),
    );

    // THEN
    expect(warnings).toEqual(["tag is known only to Terraform, so the cluster's tags were not added"]);
  });

  test("refuses to be added to an app, where it would never run", () => {
    expect(() => SwarmTags.addTo(new App(), TAGS)).toThrow("tags must be added to a stack, not to the app");
  });
});
