import { complain } from "../../limits/messages";
import { checkedText, choice, list, map, text } from "../fields";

/** Folders of the operating system, which a mount would hide. */
const SYSTEM_FOLDERS = /^\/(bin|boot|dev|etc|home|lib|lib64|proc|root|run|sbin|sys|tmp|usr|var)(\/|$)/;

/** Shared storage. */
export const storage = map({
  efs: map({
    mountPath: checkedText(
      /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/,
      "be an absolute path of letters, digits, dots, hyphens and underscores",
      "/mnt/efs",
      (value) =>
        SYSTEM_FOLDERS.test(value)
          ? complain({ must: "not hide a folder of the operating system", example: "/mnt/efs" }, value)
          : undefined,
    )
      .default("/mnt/efs")
      .describe("Where every node mounts the file system."),
    throughputMode: choice(["elastic", "bursting"])
      .default("elastic")
      .describe("How throughput is granted: elastic pays by use, bursting grows with what is stored."),
  })
    .optional()
    .describe("An encrypted EFS file system with a mount target in every zone. Default: none."),
  rexray: map({
    plugin: text(
      /^[a-z0-9]+([._:/-][a-z0-9]+)*$/,
      "be the repository of a Docker plugin, without a tag",
      "rexray/efs",
    ).describe("Repository of the plugin, like rexray/efs."),
    tag: text(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, "be a tag", '"0.11.4"').describe(
      "Tag of the plugin, like 0.11.4.",
    ),
    volumes: list(
      text(/^[a-zA-Z0-9][\w.-]{0,63}$/, "be the name of a Docker volume", "jenkins"),
      1,
      20,
      "be a list of 1 to 20 names of Docker volumes",
      "[jenkins]",
    ).describe("Docker volumes to make, an encrypted file system each; the plugin itself makes none."),
  })
    .optional()
    .describe("The REX-Ray volume plugin and its volumes. Default: none."),
});
