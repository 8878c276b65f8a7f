import { DataAwsAmi } from "@cdktf/provider-aws/lib/data-aws-ami";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import type { Construct } from "constructs";

/** What an image comes to in a stack. */
export interface BoundImage {
  /** Id of the machine image (`ami-…`). */
  readonly imageId: string;
}

/** The machine image nodes boot: one that holds Docker and the agent. */
export abstract class MachineImage {
  /** The image with this id. It never changes by itself. */
  public static fromId(imageId: string): MachineImage {
    return new FixedImage(imageId);
  }

  /** The image whose id an SSM parameter holds at the time of a deploy. */
  public static fromSsmParameter(parameterName: string): MachineImage {
    return new ParameterImage(parameterName);
  }

  /**
   * The newest image of a name at the time of a deploy.
   *
   * @param pattern name, in which `*` and `?` stand for anything
   * @param owners account ids, or `self` or `amazon`: anybody can publish an image of any name
   */
  public static fromName(pattern: string, owners: readonly string[]): MachineImage {
    return new NamedImage(pattern, owners);
  }

  /** Adds what finds the image to a scope; once for each scope. */
  public abstract bind(scope: Construct): BoundImage;
}

class FixedImage extends MachineImage {
  public constructor(private readonly imageId: string) {
    super();
  }

  public override bind(_scope: Construct): BoundImage {
    return { imageId: this.imageId };
  }
}

class ParameterImage extends MachineImage {
  public constructor(private readonly parameterName: string) {
    super();
  }

  public override bind(scope: Construct): BoundImage {
    const parameter = new DataAwsSsmParameter(scope, "Image", { name: this.parameterName });
    // `value` is marked as sensitive, and so would be every plan that shows a new image.
    return { imageId: parameter.insecureValue };
  }
}

class NamedImage extends MachineImage {
  public constructor(
    private readonly pattern: string,
    private readonly owners: readonly string[],
  ) {
    super();
  }

  public override bind(scope: Construct): BoundImage {
    const image = new DataAwsAmi(scope, "Image", {
      mostRecent: true,
      owners: [...this.owners],
      filter: [
        { name: "name", values: [this.pattern] },
        { name: "state", values: ["available"] },
      ],
    });
    return { imageId: image.id };
  }
}
