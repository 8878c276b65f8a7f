import type { AutoscalingGroupTag } from "@cdktf/provider-aws/lib/autoscaling-group";
import type { LaunchTemplateTagSpecifications } from "@cdktf/provider-aws/lib/launch-template";
import { Annotations, App, Aspects, Fn, type IAspect, type IResolvable, TerraformResource, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { ValidationError } from "./errors";

/** Tags as AWS has them: key to value. */
export type TagMap = Readonly<Record<string, string>>;

/** What an instance's launch makes beside the instance; the group's own tags reach only the instance. */
const LAUNCHED_WITH_INSTANCE = ["volume", "network-interface"] as const;

/**
 * Puts tags on every AWS resource below a scope, in the three ways AWS wants them: a flat map on most resources, `tag`
 * blocks that propagate on Auto Scaling groups, and tag specifications on launch templates. (The provider's
 * `default_tags` leave out the last two.) A tag that a resource sets itself stays.
 */
export class SwarmTags implements IAspect {
  private constructor(private readonly tags: TagMap) {}

  /**
   * @param scope a stack or a construct in one; an aspect on the app itself never runs, so that is an error
   */
  public static addTo(scope: IConstruct, tags: TagMap): void {
    if (App.isApp(scope)) throw new ValidationError(["tags must be added to a stack, not to the app"], scope);
    Aspects.of(scope).add(new SwarmTags(tags));
  }

  public visit(node: IConstruct): void {
    // Data sources have `tags` too, but there they are a filter.
    if (!TerraformResource.isTerraformResource(node)) return;
    if (isAutoScalingGroup(node)) this.tagGroup(node);
    else if (isLaunchTemplate(node)) this.tagLaunches(node);
    if (isTaggable(node)) node.tags = this.merged(node.tagsInput);
  }

  private merged(own: TagMap | undefined): Record<string, string> {
    if (own !== undefined && Token.isUnresolved(own)) return Token.asStringMap(Fn.merge([this.tags, own]));
    return { ...this.tags, ...own };
  }

  private tagGroup(group: AutoScalingGroupLike): void {
    const own = listed(group, "tag", group.tagInput);
    if (own === undefined) return;
    const taken = new Set(own.map((tag) => tag.key));
    const added = Object.entries(this.tags).filter(([key]) => !taken.has(key));
    group.putTag([...own, ...added.map(([key, value]) => ({ key, value, propagateAtLaunch: true }))]);
  }

  private tagLaunches(template: LaunchTemplateLike): void {
    const own = listed(template, "tag_specifications", template.tagSpecificationsInput);
    if (own === undefined) return;
    const taken = new Set(own.map((specification) => specification.resourceType));
    const added = LAUNCHED_WITH_INSTANCE.filter((resourceType) => !taken.has(resourceType));
    template.putTagSpecifications([
      ...own.map((specification) => ({ ...specification, tags: this.merged(specification.tags) })),
      ...added.map((resourceType) => ({ resourceType, tags: this.merged(undefined) })),
    ]);
  }
}

/** Blocks that can be added to; those that only Terraform will know cannot. */
function listed<T>(
  node: IConstruct,
  block: string,
  own: readonly T[] | IResolvable | undefined,
): readonly T[] | undefined {
  if (own === undefined) return [];
  if (isList(own)) return own;
  Annotations.of(node).addWarning(`${block} is known only to Terraform, so the cluster's tags were not added`);
  return undefined;
}

function isList<T>(value: readonly T[] | IResolvable): value is readonly T[] {
  return Array.isArray(value);
}

interface Taggable extends TerraformResource {
  tags: TagMap;
  readonly tagsInput?: TagMap;
}

interface AutoScalingGroupLike extends TerraformResource {
  readonly tagInput?: AutoscalingGroupTag[] | IResolvable;
  putTag(tags: AutoscalingGroupTag[]): void;
}

interface LaunchTemplateLike extends TerraformResource {
  readonly tagSpecificationsInput?: LaunchTemplateTagSpecifications[] | IResolvable;
  putTagSpecifications(specifications: LaunchTemplateTagSpecifications[]): void;
}

// By type name, not instanceof: another copy of the provider package must be tagged as well.
function isAutoScalingGroup(node: TerraformResource): node is AutoScalingGroupLike {
  return node.terraformResourceType === "aws_autoscaling_group";
}

function isLaunchTemplate(node: TerraformResource): node is LaunchTemplateLike {
  return node.terraformResourceType === "aws_launch_template";
}

function isTaggable(node: TerraformResource): node is Taggable {
  return node.terraformResourceType.startsWith("aws_") && "tagsInput" in node;
}
