import { type TextLimit, textLimit } from "./limit";
import { show } from "./messages";

/**
 * Longest cluster name. The tightest limit on what is made of it is IAM's, 64 characters for a role:
 * `CLUSTER-REGION-manager`, of which the longest region (`us-isof-south-1`) and the rest take 24.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MAX_CLUSTER_NAME_LENGTH = 40;

/**
 * Longest name of a worker pool. Launch templates begin with `CLUSTER-worker-POOL-`, which may have 102 characters: AWS
 * takes 128, and Terraform adds 26. Shorter than that allows, so that the policy of 20 pools has room for the names.
 */
export const MAX_POOL_NAME_LENGTH = 32;

/** Most worker pools: each is named in the workers' policy, which may have 10,240 characters. */
export const MAX_POOLS = 20;

type Refuse = (value: string) => string | undefined;

/** A name that others are made of. */
function nameLimit(longest: number, example: string, never: RegExp, refuse: Refuse): TextLimit {
  return textLimit({
    pattern: new RegExp(`^[a-z][a-z0-9-]{0,${longest - 1}}$`),
    must: `be 1 to ${longest} lower-case letters, digits and hyphens, beginning with a letter`,
    example,
    refuse: (value) => refuse(value) ?? takenByJavaScript(value),
    never,
  });
}

/** The only property of every JavaScript object that such a name could be: constructs would find it there already. */
function takenByJavaScript(value: string): string | undefined {
  return value === "constructor" ? `must not be "constructor", which is taken; write another name` : undefined;
}

function likeSecurityGroup(value: string): string | undefined {
  if (!value.startsWith("sg-")) return undefined;
  return `must not begin with sg-, which AWS keeps for ids of security groups, got ${show(value)}; write another name`;
}

/** Name of a cluster, which begins every name in AWS. */
export const clusterName = nameLimit(MAX_CLUSTER_NAME_LENGTH, "apps", /^sg-|^constructor$/, likeSecurityGroup);

/** Name of an environment, which names its cluster unless the file says otherwise. */
export const environmentName = nameLimit(MAX_CLUSTER_NAME_LENGTH, "dev", /^sg-|^constructor$/, likeSecurityGroup);

/** Name of a worker pool. */
export const poolName = nameLimit(MAX_POOL_NAME_LENGTH, "general", /^(manager|constructor)$/, (value) =>
  value === "manager" ? `must not be "manager", which is what managers are called; write another name` : undefined,
);
