import { type TerraformMetaArguments, TerraformResource } from "cdktf";
import type { Construct } from "constructs";

/** Properties of {@link TerraformData}. */
export interface TerraformDataProps extends TerraformMetaArguments {
  /**
   * Values of which a change makes the resource anew; may refer to resources.
   *
   * @default - it is made once
   */
  readonly triggersReplace?: Readonly<Record<string, string>>;
}

/**
 * Terraform's built-in `terraform_data`. CDKTF has a class for it, but that runs `terraform version` at every synth, for
 * each of them, which takes longer than all the rest.
 */
export class TerraformData extends TerraformResource {
  public triggersReplace?: Readonly<Record<string, string>>;

  public constructor(scope: Construct, id: string, props: TerraformDataProps = {}) {
    super(scope, id, {
      ...props,
      terraformResourceType: "terraform_data",
      terraformGeneratorMetadata: { providerName: "terraform" },
    });
    this.triggersReplace = props.triggersReplace;
  }

  /** Made up by Terraform, and the same for as long as the resource is. */
  public get id(): string {
    return this.getStringAttribute("id");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { triggers_replace: this.triggersReplace };
  }
}
