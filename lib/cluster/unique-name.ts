import { TerraformStack, Token } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { accountSettings } from "../aws-provider";

/** A cluster by what its registry table, and all else that is named, is told apart by. */
interface NamedCluster {
  readonly scope: Construct;
  readonly clusterName: string;
  readonly region: string;
  readonly provider?: Construct;
}

/** The clusters of each app. */
const clusters = new WeakMap<IConstruct, NamedCluster[]>();

/**
 * What is wrong with the name of a cluster beside those of the same stack, or nothing. Two of one name would have one
 * registry table, and one set of outputs.
 */
export function takenNameFault(cluster: NamedCluster): string | undefined {
  const stack = TerraformStack.of(cluster.scope);
  const other = othersLike(cluster).find(({ scope }) => TerraformStack.of(scope) === stack);
  if (other === undefined) return undefined;
  return `clusterName must be unique in the stack, got ${JSON.stringify(cluster.clusterName)}, which is ${other.scope.node.path}'s; write another name`;
}

/**
 * Takes the name. At synth it is compared with those of other stacks, whose clusters are others only in another region
 * or account; the account is told by the provider.
 */
export function takeName(cluster: NamedCluster): void {
  const { scope, clusterName, region } = cluster;
  const known = clusters.get(scope.node.root) ?? [];
  clusters.set(scope.node.root, known);
  known.push(cluster);
  const isSame = (other: NamedCluster) =>
    other.region === region &&
    accountSettings(other.scope, other.provider) === accountSettings(scope, cluster.provider);
  scope.node.addValidation({
    validate: () =>
      othersLike(cluster)
        .filter(isSame)
        .map(
          (other) =>
            `clusterName must be unique in the account and region, got ${JSON.stringify(clusterName)}, which is ${other.scope.node.path}'s; write another name`,
        ),
  });
}

function othersLike({ scope, clusterName }: NamedCluster): readonly NamedCluster[] {
  if (Token.isUnresolved(clusterName)) return [];
  const known = clusters.get(scope.node.root) ?? [];
  return known.filter((other) => other.scope !== scope && other.clusterName === clusterName);
}
