import * as autoScaling from "./auto-scaling";
import type { Check } from "./check";
import * as instances from "./instances";
import * as policies from "./policies";
import * as registry from "./registry";
import * as securityGroups from "./security-groups";
import * as whole from "./whole";

/** All checks, by name. */
export const checks: Readonly<Record<string, Check>> = {
  ...autoScaling,
  ...instances,
  ...policies,
  ...registry,
  ...securityGroups,
  ...whole,
};
