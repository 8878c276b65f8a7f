import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { DataResource } from "cdktf";
import { describe, expect, test } from "vitest";
import { ValidationError } from "../../lib/errors";
import { WorkerPool } from "../../lib/nodes";
import { NodeRole, type NodeRoleProps, type PolicyStatement } from "../../lib/security";
import { nodeGroupProps } from "../support/node-group";
import { reference, type SynthesizedStack, synth } from "../support/synth";

const READ: PolicyStatement = { sid: "Read", effect: "Allow", actions: ["dynamodb:GetItem"], resources: ["arn:x"] };

const PROPS: NodeRoleProps = { name: "apps-worker", statements: [READ] };

function synthRole(props: Partial<NodeRoleProps> = {}, use: (role: NodeRole) => void = () => {}): SynthesizedStack {
  return synth((stack) => {
    const role = new NodeRole(stack, "Role", { ...PROPS, ...props });
    new DataResource(stack, "Node", {
      dependsOn: [...role.dependables],
      input: {
        roleName: role.roleName,
        roleArn: role.roleArn,
        uniqueId: role.uniqueId,
        profileName: role.instanceProfileName,
        profileArn: role.instanceProfileArn,
      },
    });
    use(role);
  });
}

function policyOf(stack: SynthesizedStack): string {
  return String(stack.resource("aws_iam_role_policy").properties.policy);
}

describe("a node's role", () => {
  test("can be assumed by EC2 and by nobody else", () => {
    // WHEN
    const stack = synthRole();

    // THEN
    const { assume_role_policy: policy } = stack.resource("aws_iam_role").properties;
    expect(JSON.parse(String(policy)).Statement).toEqual([
      { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } },
    ]);
  });

  test("has the same name as its profile", () => {
    // WHEN
    const stack = synthRole();

    // THEN
    const role = stack.resource("aws_iam_role");
    expect(role.properties.name).toBe("apps-worker");
    expect(stack.resource("aws_iam_instance_profile").properties).toMatchObject({
      name: "apps-worker",
      role: reference(role, "name"),
    });
  });

  test("gives its names as references, so that what uses them comes after it", () => {
    // WHEN
    const stack = synthRole();

    // THEN
    const role = stack.resource("aws_iam_role");
    const profile = stack.resource("aws_iam_instance_profile");
    expect(stack.resource("terraform_data").properties.input).toEqual({
      roleName: reference(role, "name"),
      roleArn: reference(role, "arn"),
      uniqueId: reference(role, "unique_id"),
      profileName: reference(profile, "name"),
      profileArn: reference(profile, "arn"),
    });
  });

  test("makes nodes wait for its policy and its profile", () => {
    // WHEN
    const stack = synthRole();

    // THEN
    const { address: policy } = stack.resource("aws_iam_role_policy");
    const { address: profile } = stack.resource("aws_iam_instance_profile");
    expect(stack.resource("terraform_data").properties.depends_on).toEqual([policy, profile]);
  });

  test("is unbounded unless a boundary is given", () => {
    // WHEN
    const boundary = "arn:aws:iam::123456789012:policy/boundary";
    const unbounded = synthRole();
    const bounded = synthRole({ permissionsBoundary: boundary });

    // THEN
    expect(unbounded.resource("aws_iam_role").properties).not.toHaveProperty("permissions_boundary");
    expect(bounded.resource("aws_iam_role").properties.permissions_boundary).toBe(boundary);
  });
});

describe("its policy", () => {
  test("holds the statements in AWS's words", () => {
    // WHEN
    const stack = synthRole({
      statements: [{ ...READ, conditions: { StringEquals: { "aws:x": ["y"] } } }],
    });

    // THEN
    expect(JSON.parse(policyOf(stack))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Read",
          Effect: "Allow",
          Action: ["dynamodb:GetItem"],
          Resource: ["arn:x"],
          Condition: { StringEquals: { "aws:x": ["y"] } },
        },
      ],
    });
  });

  test("leaves policy variables to AWS, and Terraform's references to Terraform", () => {
    // WHEN
    const stack = synth((scope) => {
      const { partition } = new DataAwsPartition(scope, "Partition");
      const resources = [`arn:${partition}:s3:::bucket/\${aws:userid}/*`];
      new NodeRole(scope, "Role", { ...PROPS, statements: [{ ...READ, resources }] });
    });

    // THEN
    expect(policyOf(stack)).toContain('"arn:${data.aws_partition.Partition.partition}:s3:::bucket/$${aws:userid}/*"');
  });

  test("grows by what is added later", () => {
    // WHEN
    const stack = synthRole({}, (role) => role.addToPolicy({ ...READ, sid: "More" }));

    // THEN
    const { Statement: statements } = JSON.parse(policyOf(stack)) as { Statement: { Sid: string }[] };
    expect(statements.map(({ Sid: sid }) => sid)).toEqual(["Read", "More"]);
  });

  test("is refused at synth when it is longer than AWS takes", () => {
    // WHEN
    const resources = Array.from({ length: 500 }, (_, index) => `arn:aws:s3:::bucket-${index}`);
    const build = () => synthRole({ statements: [{ ...READ, resources }] });

    // THEN
    expect(build).toThrow(/\[stack\/Role\] the policy must not be longer than 10240 characters, got \d+/);
  });
});

describe("bad properties", () => {
  test("are all named at once, with the construct's path", () => {
    // WHEN
    const build = () =>
      synthRole({
        name: "x".repeat(65),
        permissionsBoundary: "boundary",
        statements: [READ, READ, { ...READ, sid: "a-b" }],
      });

    // THEN
    expect(build).toThrow(ValidationError);
    expect(build).toThrow(
      [
        "stack/Role: invalid properties",
        `- name must be 1 to 64 letters, digits and _+=,.@-, got "${"x".repeat(65)}"`,
        '- permissionsBoundary must be the ARN of a policy, got "boundary"; write for example arn:aws:iam::123456789012:policy/nodes',
        "- each statement must have a sid of its own, got Read twice",
        '- a sid must be letters and digits, got "a-b"',
      ].join("\n"),
    );
  });

  test("include a statement added later whose sid is taken", () => {
    expect(() => synthRole({}, (role) => role.addToPolicy(READ))).toThrow("got Read twice");
  });
});

describe("a managed policy", () => {
  const MANAGED = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy";

  test("fails when nodes that were there first may boot before it is attached", () => {
    // GIVEN a group that was made before
    const stack = synth((scope) => {
      const role = new NodeRole(scope, "Role", PROPS);
      new WorkerPool(scope, "Pool", { ...nodeGroupProps(scope, { role }), name: "general" });

      // WHEN
      role.addManagedPolicy("Logs", MANAGED);
    });

    // THEN
    const attachment = stack.resource("aws_iam_role_policy_attachment");
    expect(attachment.properties).toMatchObject({ policy_arn: MANAGED });
    expect(stack.resource("aws_autoscaling_group").properties.depends_on).toContain(attachment.address);
  });

  test("fails when what is no policy is let through", () => {
    expect(() => synthRole({}, (role) => role.addManagedPolicy("Logs", "CloudWatchAgentServerPolicy"))).toThrow(
      /policyArn must be the ARN of a policy, got "CloudWatchAgentServerPolicy"/,
    );
  });
});
