import type { EnvironmentConfig } from "../../../lib/config";
import type { Block, SynthesizedStack } from "../synth";

/** Looks at what an environment comes to, and names everything that would not work, or not be safe, on AWS. */
export type Check = (stack: SynthesizedStack, config: EnvironmentConfig) => readonly string[];

/** A property as text, for comparisons and messages. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A property as a list; a single block is a list of one. */
export function list(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as Readonly<Record<string, unknown>>[];
}

/** Auto Scaling groups of manager slots, or of worker pools. */
export function groups(stack: SynthesizedStack, config: EnvironmentConfig, kind: "manager" | "worker") {
  const prefix = `${config.cluster}-${kind}-`;
  return stack.resources("aws_autoscaling_group").filter(({ properties }) => text(properties.name).startsWith(prefix));
}

/** Launch template of an Auto Scaling group. */
export function templateOf(stack: SynthesizedStack, group: Block): Block {
  return stack.referent(list(group.properties.launch_template)[0]?.id);
}

/** Security groups the instances of a group are in. */
export function securityGroupsOf(stack: SynthesizedStack, group: Block): readonly Block[] {
  const [networkInterface] = list(templateOf(stack, group).properties.network_interfaces);
  return ((networkInterface?.security_groups ?? []) as readonly string[]).map((id) => stack.referent(id));
}

/** Role of the instances of a group. */
export function roleOf(stack: SynthesizedStack, group: Block): Block {
  const [profile] = list(templateOf(stack, group).properties.iam_instance_profile);
  return stack.referent(stack.referent(profile?.name).properties.role);
}

/** Settings of all kinds of nodes, as user data delivers them. */
export function nodeSettings(stack: SynthesizedStack): readonly Readonly<Record<string, unknown>>[] {
  const locals = (stack.json.locals ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  return Object.values(locals).filter((value) => "autoScalingGroup" in value);
}
