import { poolName } from "../../limits/names";
import * as limits from "../../limits/storage";
import { choice, list, map, text } from "../fields";

/** Shared storage. */
export const storage = map({
  efs: map({
    mountPath: text(limits.mountPath)
      .default(limits.mountPath.default)
      .describe("Where every node mounts the file system."),
    throughputMode: choice(limits.throughputMode)
      .default(limits.throughputMode.default)
      .describe("How throughput is granted: elastic pays by use, bursting grows with what is stored."),
  })
    .optional()
    .describe("An encrypted EFS file system with a mount target in every zone. Default: none."),
  rexray: map({
    plugin: text(limits.pluginRepository).describe("Repository of the plugin, like rexray/efs."),
    tag: text(limits.pluginTag).describe("Tag of the plugin, like 0.11.4."),
    on: choice(limits.rexrayNodes)
      .default(limits.rexrayNodes.default)
      .describe(
        "Nodes it runs on, which answer to version 1 of the metadata service: workers, managers, or all nodes.",
      ),
    pools: list(text(poolName), limits.rexrayPools)
      .optional()
      .describe("Names of the worker pools it runs on. Default: all, if it runs on workers."),
    volumes: list(text(limits.volume), limits.volumes).describe(
      "Docker volumes to make, an encrypted file system each; the plugin itself makes none.",
    ),
  })
    .optional()
    .describe("The REX-Ray volume plugin, and its volumes. Default: none."),
});
