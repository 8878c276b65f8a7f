import { basename, extname } from "node:path";
import { clusterFindings } from "../limits/cluster";
import type { DeepPartial } from "../limits/draft";
import type { Finding } from "../limits/finding";
import { either, show, suggest } from "../limits/messages";
import { environmentName } from "../limits/names";
import type { EnvironmentInput } from "./schema/environment";

const NAMES = { vpc: ["network", "cidr"], accessRules: ["access"] };

/** Everything wrong between fields, and between the fields and the name of the file. */
export function checkRules(draft: DeepPartial<EnvironmentInput>, file: string): Finding[] {
  const cluster = clusterFindings({ ...draft, accessRules: draft.access }, NAMES);
  return [...environmentIsNamedLikeFile(draft, file), ...cluster, ...poolsAreThere(draft)];
}

/** A file has all the pools of its cluster; one that is declared in a stack may be given more of them later. */
function poolsAreThere({ storage, workers = [] }: DeepPartial<EnvironmentInput>): Finding[] {
  const names = workers.flatMap((pool) => pool?.name ?? []);
  // A pool whose name is faulty may be the one that is meant.
  if (workers.some((pool) => pool?.name === undefined)) return [];
  return (storage?.rexray?.pools ?? []).flatMap((pool, index) => {
    if (pool === undefined || names.includes(pool)) return [];
    const write = names.length === 0 ? "drop it" : `write ${suggest(pool, names) ?? either(names)}`;
    const message = `must be the name of a worker pool of this file, got ${show(pool)}; ${write}`;
    return [{ path: ["storage", "rexray", "pools", index], message }];
  });
}

function environmentIsNamedLikeFile({ environment }: DeepPartial<EnvironmentInput>, file: string): Finding[] {
  const name = basename(file, extname(file));
  if (environment === undefined || environment === name) return [];
  // The name of the file may be none that an environment can have.
  const write = environmentName.fault(name) === undefined ? `write ${name}, or ` : "";
  const message = `must be the name of the file, got ${show(environment)} in ${basename(file)}; ${write}rename the file to ${environment}.yaml`;
  return [{ path: ["environment"], message }];
}
