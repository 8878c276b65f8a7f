import { type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct } from "constructs";

/**
 * What a construct can wait for, of what it needs. Terraform knows an order only within a stack, so what is in another
 * stack becomes an order of the stacks, which `cdktf deploy` and `cdktf destroy` keep.
 *
 * @throws Error if the other stack already depends on the construct's
 */
export function dependablesFor(
  scope: Construct,
  dependables: readonly ITerraformDependable[],
): readonly ITerraformDependable[] {
  const own = TerraformStack.of(scope);
  return dependables.filter((each) => {
    const other = Construct.isConstruct(each) ? TerraformStack.of(each) : own;
    if (other !== own) own.addDependency(other);
    return other === own;
  });
}
