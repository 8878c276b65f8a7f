import { basename, extname } from "node:path";
import { clusterFindings } from "../limits/cluster";
import type { DeepPartial } from "../limits/draft";
import type { Finding } from "../limits/finding";
import { show } from "../limits/messages";
import { environmentName } from "../limits/names";
import type { EnvironmentInput } from "./schema/environment";

const NAMES = { vpc: ["network", "cidr"], accessRules: ["access"] };

/** Everything wrong between fields, and between the fields and the name of the file. */
export function checkRules(draft: DeepPartial<EnvironmentInput>, file: string): Finding[] {
  const cluster = clusterFindings({ ...draft, accessRules: draft.access }, NAMES);
  return [...environmentIsNamedLikeFile(draft, file), ...cluster];
}

function environmentIsNamedLikeFile({ environment }: DeepPartial<EnvironmentInput>, file: string): Finding[] {
  const name = basename(file, extname(file));
  if (environment === undefined || environment === name) return [];
  // The name of the file may be none that an environment can have.
  const write = environmentName.fault(name) === undefined ? `write ${name}, or ` : "";
  const message = `must be the name of the file, got ${show(environment)} in ${basename(file)}; ${write}rename the file to ${environment}.yaml`;
  return [{ path: ["environment"], message }];
}
