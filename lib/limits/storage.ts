import type { DeepPartial } from "./draft";
import { below, type Finding } from "./finding";
import { choiceLimit, listLimit, textLimit, withDefault } from "./limit";
import { complain, show } from "./messages";
import { MAX_POOLS } from "./names";
import { repeated } from "./network";

/** Folders of the operating system, which a mount would hide. */
const SYSTEM_FOLDERS = /^\/(bin|boot|dev|etc|home|lib|lib64|proc|root|run|sbin|sys|tmp|usr|var)(\/|$)/;

/** A path is part of a line of fstab, of a unit's name and of the user data, which has no room for longer ones. */
const LONGEST_PATH = 255;

/** Where nodes mount a file system. */
export const mountPath = withDefault(
  textLimit({
    pattern: /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/,
    must: "be an absolute path of letters, digits, dots, hyphens and underscores",
    example: "/mnt/efs",
    never: new RegExp(`${SYSTEM_FOLDERS.source}|^.{${LONGEST_PATH + 1}}`),
    refuse: (value) => {
      const example = "/mnt/efs";
      if (value.length > LONGEST_PATH)
        return complain({ must: `be at most ${LONGEST_PATH} characters`, example }, value);
      return SYSTEM_FOLDERS.test(value)
        ? complain({ must: "not hide a folder of the operating system", example }, value)
        : undefined;
    },
  }),
  "/mnt/efs",
);

/** How throughput of a file system is granted. */
export const throughputMode = withDefault(choiceLimit(["elastic", "bursting"]), "elastic");

const REPOSITORY = "(?:[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]{1,5})?/)?[a-z0-9]+(?:[._/-][a-z0-9]+)*";
const TAG = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";

/** Docker's own limit on the name of a repository. */
const LONGEST_REPOSITORY = 255;

/** Repository of a Docker plugin. */
export const pluginRepository = textLimit({
  pattern: new RegExp(`^${REPOSITORY}$`),
  must: "be the repository of a Docker plugin, without a tag",
  example: "rexray/efs",
  never: new RegExp(`^.{${LONGEST_REPOSITORY + 1}}`),
  refuse: (value) =>
    value.length > LONGEST_REPOSITORY
      ? complain({ must: `be at most ${LONGEST_REPOSITORY} characters`, example: "rexray/efs" }, value)
      : undefined,
});

/** Tag of a Docker plugin. */
export const pluginTag = textLimit({ pattern: new RegExp(`^${TAG}$`), must: "be a tag", example: '"0.11.4"' });

/** A Docker plugin with its tag or digest. */
export const pluginReference = textLimit({
  pattern: new RegExp(`^${REPOSITORY}(?::${TAG}|@sha256:[0-9a-f]{64})$`),
  must: "be a Docker plugin with its tag or digest",
  example: "rexray/efs:0.11.4",
  refuse: (value) => {
    const repository = value.replace(/(:[^:/]+|@[^@]+)$/, "");
    return repository.length > LONGEST_REPOSITORY ? pluginRepository.fault(repository) : undefined;
  },
});

/** First part of the names of REX-Ray's file systems. */
export const volumeTag = textLimit({
  pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
  must: 'be 1 to 64 letters, digits, ".", "_" and "-"',
  example: "apps",
});

/** Docker volumes to make a file system for. */
export const volumes = listLimit(1, 20, "be a list of 1 to 20 names of Docker volumes", "[jenkins]");

export const volume = textLimit({
  pattern: /^[a-zA-Z0-9][A-Za-z0-9_.-]{0,63}$/,
  must: "be the name of a Docker volume",
  example: "jenkins",
});

/** Which nodes REX-Ray runs on, by their role; `nodes` are all of them. */
export const rexrayNodes = withDefault(choiceLimit(["managers", "workers", "nodes"]), "workers");

/** Worker pools REX-Ray runs on; all, where there is no list. */
export const rexrayPools = listLimit(0, MAX_POOLS, `be a list of at most ${MAX_POOLS} names of pools`, "[general]");

/** What rules over several fields of REX-Ray look at. */
export interface RexrayParts {
  readonly on?: string;
  readonly pools?: readonly string[];
  readonly volumes?: readonly string[];
}

/** What is wrong with the fields of REX-Ray beside each other. */
export function rexrayFindings({ on, pools, volumes }: DeepPartial<RexrayParts>): Finding[] {
  const alone = `must be left out beside "on: managers", which leaves all pools out, got ${show(pools)}; drop it, or write "on: nodes"`;
  return [
    ...below(["volumes"], repeatedNames(volumes ?? [])),
    ...below(["pools"], repeatedNames(pools ?? [])),
    ...(on === "managers" && pools !== undefined ? [{ path: ["pools"], message: alone }] : []),
  ];
}

/** Names that are listed before, by their place in the list. */
function repeatedNames(names: readonly (string | undefined)[]): Finding[] {
  return repeated(names).map(({ value, index }) => ({
    path: [index],
    message: `must be named once, got ${value} again; drop it here`,
  }));
}
