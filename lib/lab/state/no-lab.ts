import { OperationError } from "../../errors";
import { labCommand } from "../../operator-commands";

/** What is thrown where a lab is needed and this directory has none. */
export function noLab(): OperationError {
  return new OperationError("LabDown", `there is no lab here; start one with: ${labCommand.up}`);
}
