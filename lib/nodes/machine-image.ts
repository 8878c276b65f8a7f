import { DataAwsAmi } from "@cdktf/provider-aws/lib/data-aws-ami";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import {
  type Architecture,
  architectureIn,
  architectureOf,
  DEFAULT_INSTANCE_TYPE,
  EC2_ARCHITECTURE,
} from "./instance-type";

/** What an image comes to in a stack. */
export interface BoundImage {
  /** Id of the machine image (`ami-…`). */
  readonly imageId: string;
}

/** The machines that boot an image. */
export interface ImageMachines {
  /** @default t3.small */
  readonly instanceType?: string;
}

/** The machine image nodes boot: one that holds Docker and the agent. */
export abstract class MachineImage {
  /**
   * The image with this id. It never changes by itself.
   *
   * @param architecture what it is built for; given, instance types of another one are refused
   */
  public static fromId(imageId: string, architecture?: Architecture): MachineImage {
    return new FixedImage(imageId, architecture);
  }

  /**
   * The image whose id an SSM parameter holds at the time of a deploy.
   *
   * @param architecture what it is built for; given, instance types of another one are refused
   */
  public static fromSsmParameter(parameterName: string, architecture?: Architecture): MachineImage {
    return new ParameterImage(parameterName, architecture);
  }

  /**
   * The newest image of a name at the time of a deploy, of those for the architecture of the nodes' instance type.
   *
   * @param pattern name, in which `*` and `?` stand for anything
   * @param owners account ids, or `self` or `amazon`: anybody can publish an image of any name
   * @param architecture what it is built for; needed only if the instance type is known to nobody but Terraform
   */
  public static fromName(pattern: string, owners: readonly string[], architecture?: Architecture): MachineImage {
    return new NamedImage(pattern, owners, architecture);
  }

  /** What the image is known to be built for. */
  protected abstract readonly architecture: Architecture | undefined;

  /** Adds what finds the image to a scope; once for each scope. */
  public abstract bind(scope: Construct, machines?: ImageMachines): BoundImage;

  /** Why these machines cannot boot the image, or nothing. */
  public fault({ instanceType = DEFAULT_INSTANCE_TYPE }: ImageMachines): string | undefined {
    if (this.architecture === undefined || Token.isUnresolved(instanceType)) return undefined;
    const wanted = architectureOf(instanceType);
    if (this.architecture === wanted) return undefined;
    return (
      `image must be for ${wanted}, which ${instanceType} is, got one for ${this.architecture}; ` +
      "choose another image or another instanceType"
    );
  }
}

class FixedImage extends MachineImage {
  public constructor(
    private readonly imageId: string,
    protected override readonly architecture: Architecture | undefined,
  ) {
    super();
  }

  public override bind(_scope: Construct): BoundImage {
    return { imageId: this.imageId };
  }
}

class ParameterImage extends MachineImage {
  public constructor(
    private readonly parameterName: string,
    protected override readonly architecture: Architecture | undefined,
  ) {
    super();
  }

  public override bind(scope: Construct): BoundImage {
    const parameter = new DataAwsSsmParameter(scope, "Image", { name: this.parameterName });
    // `value` is marked as sensitive, and so would be every plan that shows a new image.
    return { imageId: parameter.insecureValue };
  }
}

class NamedImage extends MachineImage {
  protected override readonly architecture: Architecture | undefined;

  public constructor(
    private readonly pattern: string,
    private readonly owners: readonly string[],
    architecture: Architecture | undefined,
  ) {
    super();
    this.architecture = architecture ?? architectureIn(pattern);
  }

  public override fault(machines: ImageMachines): string | undefined {
    if (this.architecture === undefined && Token.isUnresolved(machines.instanceType)) {
      return "image must name its architecture, because instanceType is known only to Terraform; add it to fromName";
    }
    return super.fault(machines);
  }

  public override bind(scope: Construct, { instanceType = DEFAULT_INSTANCE_TYPE }: ImageMachines = {}): BoundImage {
    const architecture = this.architecture ?? architectureOf(instanceType);
    const image = new DataAwsAmi(scope, "Image", {
      mostRecent: true,
      owners: [...this.owners],
      filter: [
        { name: "name", values: [this.pattern] },
        // The newest of a name may be for other machines, which would boot nothing at all.
        { name: "architecture", values: [EC2_ARCHITECTURE[architecture]] },
        { name: "state", values: ["available"] },
      ],
    });
    return { imageId: image.id };
  }
}
