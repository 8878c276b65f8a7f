import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import { PropsCheck } from "../validation";
import { type PolicyStatement, renderPolicy } from "./policy-statement";

/** Most characters a role's inline policies may have, spaces aside. */
const MAX_POLICY_LENGTH = 10_240;

const NAME_PATTERN = /^[\w+=,.@-]{1,64}$/;

export interface NodeRoleProps {
  /** Name of the role and of its instance profile: 1 to 64 letters, digits and `_+=,.@-`. */
  readonly name: string;
  /** What the role may do. */
  readonly statements: readonly PolicyStatement[];
  /**
   * ARN of the policy that bounds what the role may ever do.
   *
   * @default - unbounded
   */
  readonly permissionsBoundary?: string;
}

/** Defines what a node is to AWS: a role that EC2 assumes, its inline policy, and the profile that carries it. */
export class NodeRole extends Construct {
  /** Underlying role, for properties this construct does not expose. */
  public readonly resource: IamRole;
  /** What nodes must depend on, so that the first call of the first instance is allowed. */
  public readonly dependables: readonly ITerraformDependable[];
  private readonly profile: IamInstanceProfile;
  private readonly statements: PolicyStatement[];

  public constructor(scope: Construct, id: string, props: NodeRoleProps) {
    super(scope, id);
    new PropsCheck(this)
      .value(props.name, nameFault)
      .value(props.permissionsBoundary, boundaryFault)
      .add(sidFaults(props.statements))
      .throwIfFaulty();

    this.statements = [...props.statements];
    this.resource = new IamRole(this, "Resource", {
      name: props.name,
      description: `Nodes of a swarm: ${props.name}`,
      assumeRolePolicy: ASSUMED_BY_EC2,
      permissionsBoundary: props.permissionsBoundary,
    });
    const policy = new IamRolePolicy(this, "Policy", {
      name: "swarm-node",
      role: this.resource.name,
      policy: Lazy.stringValue({ produce: () => renderPolicy(this.statements) }),
    });
    this.profile = new IamInstanceProfile(this, "InstanceProfile", { name: props.name, role: this.resource.name });
    this.dependables = [policy, this.profile];
    this.node.addValidation({ validate: () => this.validatePolicy() });
  }

  public get roleName(): string {
    return this.resource.name;
  }

  public get roleArn(): string {
    return this.resource.arn;
  }

  /** Id of the role that no other role ever has (`AROA…`); it begins the `${aws:userid}` of its nodes. */
  public get uniqueId(): string {
    return this.resource.uniqueId;
  }

  public get instanceProfileName(): string {
    return this.profile.name;
  }

  public get instanceProfileArn(): string {
    return this.profile.arn;
  }

  /** Allows more, for what is added to a cluster: a volume plugin, a service that calls AWS. */
  public addToPolicy(...statements: readonly PolicyStatement[]): void {
    new PropsCheck(this).add(sidFaults([...this.statements, ...statements])).throwIfFaulty();
    this.statements.push(...statements);
  }

  /** At synth, because the policy can grow until then. Terraform's expressions count as they are written. */
  private validatePolicy(): string[] {
    const length = renderPolicy(this.statements).replace(/\s/g, "").length;
    if (length <= MAX_POLICY_LENGTH) return [];
    return [`the policy must not be longer than ${MAX_POLICY_LENGTH} characters, got ${length}; name fewer resources`];
  }
}

const ASSUMED_BY_EC2 = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
});

function nameFault(name: string): string | undefined {
  if (NAME_PATTERN.test(name)) return undefined;
  return `name must be 1 to 64 letters, digits and _+=,.@-, got ${JSON.stringify(name)}`;
}

function boundaryFault(arn: string): string | undefined {
  if (/^arn:[^:]+:iam::[^:]*:policy\/.+$/.test(arn)) return undefined;
  return `permissionsBoundary must be the ARN of a policy, got ${JSON.stringify(arn)}`;
}

function sidFaults(statements: readonly PolicyStatement[]): readonly string[] {
  const sids = statements.map(({ sid }) => sid);
  const twice = sids.filter((sid, index) => sids.indexOf(sid) < index);
  const malformed = sids.filter((sid) => !/^[A-Za-z0-9]+$/.test(sid));
  return [
    ...twice.map((sid) => `each statement must have a sid of its own, got ${sid} twice`),
    ...malformed.map((sid) => `a sid must be letters and digits, got ${JSON.stringify(sid)}`),
  ];
}
