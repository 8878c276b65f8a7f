import { DataAwsAmi } from "@cdktf/provider-aws/lib/data-aws-ami";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { below, type Finding } from "../limits/finding";
import * as limits from "../limits/images";
import { items, required } from "../validation";
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

  /** Adds what finds the image to a scope, where it is found again when it is asked for again. */
  public abstract bind(scope: Construct, machines?: ImageMachines): BoundImage;

  /** What is wrong with how the image is named. */
  public findings(): readonly Finding[] {
    return [];
  }

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

  public override findings(): readonly Finding[] {
    return below(["id"], required(limits.imageId)(this.imageId));
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

  public override findings(): readonly Finding[] {
    return below(["ssmParameter"], required(limits.imageParameter)(this.parameterName));
  }

  public override bind(scope: Construct): BoundImage {
    const parameter = once(scope, this.parameterName, (id) => {
      return new DataAwsSsmParameter(scope, id, { name: this.parameterName });
    });
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

  public override findings(): readonly Finding[] {
    return [
      ...below(["name"], required(limits.imageName)(this.pattern)),
      ...below(["owners"], items(limits.imageOwners, limits.imageOwner)(this.owners)),
    ];
  }

  public override bind(scope: Construct, { instanceType = DEFAULT_INSTANCE_TYPE }: ImageMachines = {}): BoundImage {
    const architecture = this.architecture ?? architectureOf(instanceType);
    const name = [this.pattern, ...this.owners, architecture].join(" ");
    const image = once(scope, name, (id) => {
      return new DataAwsAmi(scope, id, {
        mostRecent: true,
        owners: [...this.owners],
        filter: [
          { name: "name", values: [this.pattern] },
          // The newest of a name may be for other machines, which would boot nothing at all.
          { name: "architecture", values: [EC2_ARCHITECTURE[architecture]] },
          { name: "state", values: ["available"] },
        ],
      });
    });
    return { imageId: image.id };
  }
}

/** What was made in each scope, by what it looks for. */
const known = new WeakMap<Construct, Map<string, Construct>>();

/** What a scope has to find an image by: made once, however often, and by whatever `MachineImage`, it is asked for. */
function once<T extends Construct>(scope: Construct, name: string, make: (id: string) => T): T {
  const images = known.get(scope) ?? new Map<string, Construct>();
  known.set(scope, images);
  const image = images.get(name) ?? make(images.size === 0 ? "Image" : `Image${images.size + 1}`);
  images.set(name, image);
  return image as T;
}
