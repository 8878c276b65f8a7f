import { below, type Finding } from "../limits/finding";
import { choiceLimit, flagLimit, listLimit } from "../limits/limit";
import { MAX_POOLS, poolName } from "../limits/names";
import * as limits from "../limits/storage";
import { type Check, fields, items, known, optional, required, together } from "../validation";

const fileSystemFields = { throughputMode: optional(limits.throughputMode), backup: optional(known(flagLimit)) };

/** What a file system is like. */
export const fileSystemChecks: Check = fields(fileSystemFields);

/** A file system mounted on every node. */
export const efsChecks: Check = fields({ ...fileSystemFields, mountPath: optional(limits.mountPath) });

const pools = listLimit(0, MAX_POOLS, `be a list of at most ${MAX_POOLS} names of pools`, '["general"]');

/** REX-Ray, without its volumes beside each other. */
export const rexrayChecks: Check = fields({
  on: optional(known(choiceLimit(["managers", "workers", "nodes"]))),
  pools: optional(items(pools, known(poolName))),
  plugin: required(limits.pluginReference),
  tag: optional(limits.volumeTag),
  volumes: optional(known(items(limits.volumes, known(limits.volume)))),
  fileSystems: optional(fileSystemChecks),
});

/** Properties of a `RexrayPlugin`. */
export const rexrayPluginChecks: Check = together<{ readonly volumes: readonly string[] }>(
  rexrayChecks,
  (draft): Finding[] => below(["volumes"], limits.volumeFindings(draft.volumes ?? [])),
);
