import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import { optional, PropsCheck, required } from "../validation";
import { policyArn as policyArnLimit } from "./checks";
import { type PolicyStatement, renderPolicy } from "./policy-statement";

/** Most characters a role's inline policies may have, spaces aside. */
const MAX_POLICY_LENGTH = 10_240;

const NAME_PATTERN = /^[\w+=,.@-]{1,64}$/;

/** What a node is to AWS, made by {@link NodeRole} or there before. */
export interface INodeRole {
  readonly roleName: string;
  /** Id of the role that no other role ever has (`AROA…`); it begins the `${aws:userid}` of its nodes. */
  readonly uniqueId: string;
  readonly instanceProfileName: string;
  /** What nodes must depend on, so that the first call of the first instance is allowed. */
  readonly dependables: readonly ITerraformDependable[];
}

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
export class NodeRole extends Construct implements INodeRole {
  /** Underlying role, for properties this construct does not expose. */
  public readonly resource: IamRole;
  private readonly policies: ITerraformDependable[];
  private readonly profile: IamInstanceProfile;
  private readonly statements: PolicyStatement[];

  public constructor(scope: Construct, id: string, props: NodeRoleProps) {
    super(scope, id);
    new PropsCheck(this)
      .value(props.name, nameFault)
      .props(props.permissionsBoundary, optional(policyArnLimit), ["permissionsBoundary"])
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
    this.policies = [policy];
    this.node.addValidation({ validate: () => this.validatePolicy() });
  }

  public get dependables(): readonly ITerraformDependable[] {
    return [...this.policies, this.profile];
  }

  public get roleName(): string {
    return this.resource.name;
  }

  public get roleArn(): string {
    return this.resource.arn;
  }

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

  /**
   * Attaches a managed policy. Nodes wait for it, as they do for the role's own policy.
   *
   * @param id names the attachment; keep it
   * @param policyArn ARN of a policy of the account or of AWS
   */
  public addManagedPolicy(id: string, policyArn: string): void {
    new PropsCheck(this).props(policyArn, required(policyArnLimit), ["policyArn"]).throwIfFaulty();
    this.policies.push(new IamRolePolicyAttachment(this, id, { role: this.resource.name, policyArn }));
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

function sidFaults(statements: readonly PolicyStatement[]): readonly string[] {
  const sids = statements.map(({ sid }) => sid);
  const twice = sids.filter((sid, index) => sids.indexOf(sid) < index);
  const malformed = sids.filter((sid) => !/^[A-Za-z0-9]+$/.test(sid));
  return [
    ...twice.map((sid) => `each statement must have a sid of its own, got ${sid} twice`),
    ...malformed.map((sid) => `a sid must be letters and digits, got ${JSON.stringify(sid)}`),
  ];
}
