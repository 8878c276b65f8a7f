import { flagLimit } from "../limits/limit";
import { poolName } from "../limits/names";
import * as limits from "../limits/storage";
import { type Check, fields, items, known, optional, required, together } from "../validation";

const fileSystemFields = { throughputMode: optional(limits.throughputMode), backup: optional(known(flagLimit)) };

/** What a file system is like. */
export const fileSystemChecks: Check = fields(fileSystemFields);

/** A file system mounted on every node. */
export const efsChecks: Check = fields({ ...fileSystemFields, mountPath: optional(limits.mountPath) });

/** REX-Ray, without its fields beside each other. */
export const rexrayChecks: Check = fields({
  on: optional(known(limits.rexrayNodes)),
  pools: optional(items(limits.rexrayPools, known(poolName))),
  plugin: required(limits.pluginReference),
  tag: optional(limits.volumeTag),
  volumes: optional(known(items(limits.volumes, known(limits.volume)))),
  fileSystems: optional(fileSystemChecks),
});

/** Properties of a `RexrayPlugin`. */
export const rexrayPluginChecks: Check = together<limits.RexrayParts>(rexrayChecks, limits.rexrayFindings);
