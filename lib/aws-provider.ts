import { Aspects, TerraformDataSource, TerraformProvider, TerraformResource, TerraformStack, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { show } from "./limits/messages";

/** AWS's provider, as far as it is looked at; by type name, so that another copy of its package will do. */
interface AwsProviderLike extends TerraformProvider {
  readonly region?: string;
}

/** What is wrong with a construct that is to be the provider of another, or nothing. */
export function providerFault(scope: Construct, provider: IConstruct): string | undefined {
  if (!isAwsProvider(provider)) {
    return `provider must be an AwsProvider, got ${Construct.isConstruct(provider) ? provider.node.path : show(provider)}`;
  }
  if (TerraformStack.of(provider) === TerraformStack.of(scope)) return undefined;
  return `provider must be one of this stack, got ${provider.node.path}; a provider is known to its own stack alone`;
}

/** Has a scope's resources and data sources made by one provider, but for those that name another themselves. */
export function useProvider(scope: Construct, provider: Construct): void {
  if (!isAwsProvider(provider)) return;
  Aspects.of(scope).add({
    visit: (node) => {
      const isAws = "terraformResourceType" in node && String(node.terraformResourceType).startsWith("aws_");
      if (!isAws || !(TerraformResource.isTerraformResource(node) || TerraformDataSource.isTerraformDataSource(node)))
        return;
      node.provider ??= provider;
    },
  });
}

/**
 * Compares a region with the provider's at synth, when that is known: nodes that look for their registry in another
 * region than it is in never become a swarm.
 */
export function checkRegion(scope: Construct, region: string, provider?: Construct): void {
  scope.node.addValidation({ validate: () => regionFaults(region, provider ?? defaultProvider(scope)) });
}

function regionFaults(region: string, provider: Construct | undefined): string[] {
  const actual = provider !== undefined && isAwsProvider(provider) ? provider.region : undefined;
  if (actual === undefined || Token.isUnresolved(actual) || Token.isUnresolved(region) || actual === region) return [];
  return [`region must be the provider's (${actual}), got ${JSON.stringify(region)}`];
}

/** What tells the account of a scope's resources, as far as synth can: all that the provider is told but what has no part in it. */
export function accountSettings(scope: Construct, provider = defaultProvider(scope)): string {
  if (provider === undefined || !isAwsProvider(provider)) return "";
  const { alias, region, default_tags, ...rest } = provider.toTerraform().provider.aws[0];
  return JSON.stringify(rest);
}

function defaultProvider(scope: Construct): Construct | undefined {
  return TerraformStack.of(scope)
    .node.findAll()
    .filter(Construct.isConstruct)
    .find((node) => isAwsProvider(node) && node.alias === undefined) as Construct | undefined;
}

function isAwsProvider(node: IConstruct): node is AwsProviderLike {
  return TerraformProvider.isTerraformProvider(node) && node.terraformResourceType === "aws";
}
