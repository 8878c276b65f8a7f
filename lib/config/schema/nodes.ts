import { z } from "zod";
import { complain, show } from "../../limits/messages";
import { checkedText, list, map, text, texts, whole } from "../fields";
import { instanceType, rootVolumeSize } from "./values";

/** Node labels that the leader sets itself. */
const RESERVED_LABELS = ["az", "slot", "pool"];

const MANAGER_COUNTS = [1, 3, 5, 7] as const;

function refuseManagerCount(count: unknown): string {
  const must = "must be 1, 3, 5 or 7";
  if (count === undefined || typeof count !== "number" || !Number.isInteger(count)) {
    const accepts = (value: string | number) => MANAGER_COUNTS.some((allowed) => allowed === value);
    return complain({ must: must.replace("must ", ""), example: "3", accepts }, count);
  }
  if (count < 1) return `${must}: a swarm needs a manager, got ${count}; write 1 or 3`;
  if (count > 7) return `${must}: more managers make every decision slower and none safer, got ${count}; write 7`;
  return `${must}: an even number of managers tolerates no more losses than one fewer, got ${count}; write ${count - 1} or ${count + 1}`;
}

/** The managers. */
export const managers = map({
  count: z
    .literal(MANAGER_COUNTS, { error: ({ input }) => refuseManagerCount(input) })
    .default(3)
    .describe("Number of managers: odd, because an even number tolerates no more losses."),
  instanceType: instanceType(),
  rootVolumeSizeGiB: rootVolumeSize(),
});

const poolSize = (description: string, example: number) =>
  whole(0, 1000, example, " of workers").optional().describe(description);

/** A worker pool. */
export const pool = map({
  name: checkedText(
    /^[a-z][a-z0-9-]{0,19}$/,
    "be 1 to 20 lower-case letters, digits and hyphens, beginning with a letter",
    "general",
    (value) =>
      value === "manager" ? `must not be "manager", which is what managers are called; write another name` : undefined,
  ).describe("Name of the pool, unique in the cluster."),
  desired: poolSize("Number of workers at first. Default: min when it is given, otherwise 1.", 2),
  min: poolSize("Fewest workers that scaling may leave. Default: 0.", 1),
  max: poolSize("Most workers that scaling may reach. Default: twice the larger of desired and min.", 6),
  instanceType: instanceType(),
  rootVolumeSizeGiB: rootVolumeSize(),
  labels: texts(
    checkedText(
      /^[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$/,
      "be a label of at most 63 letters, digits, dots, slashes, hyphens and underscores",
      "tier",
      (key) =>
        RESERVED_LABELS.includes(key)
          ? `must not be ${show(key)}: every node has that label already; write another name`
          : undefined,
    ),
    text(/^[^\r\n]{0,255}$/, "be a text of at most 255 characters on one line", "web").describe("Value of the label."),
    50,
    "be a map from labels to texts",
    "{tier: web}",
  )
    .default({})
    .describe("Node labels for placement constraints, beside az and pool."),
});

const IMAGE_CHOICES = "{id: ami-…}, {ssmParameter: /…} or {name: …, owners: [self]}";

/** The machine image. */
export const image = z.union(
  [
    map({
      id: text(/^ami-[0-9a-f]{8}([0-9a-f]{9})?$/, "be the id of a machine image", "ami-0123456789abcdef0").describe(
        "Id of the image.",
      ),
    }).describe("One image by its id."),
    map({
      ssmParameter: text(
        /^(\/[A-Za-z0-9_.-]+)+$/,
        "be the full name of an SSM parameter, beginning with a slash",
        "/acme/ami/swarm-node",
      ).describe("Name of the SSM parameter that holds the id of the image."),
    }).describe("The image whose id a parameter holds."),
    map({
      name: text(
        /^[A-Za-z0-9()[\] ./'@_*?-]{3,128}$/,
        "be the name of a machine image, 3 to 128 characters, in which * and ? stand for others",
        '"swarm-node-*"',
      ).describe("Name of the image; * and ? stand for other characters."),
      owners: list(
        text(
          /^(self|amazon|aws-marketplace|aws-backup-vault|\d{12})$/,
          "be self, amazon, aws-marketplace or an account of 12 digits in quotes",
          "self",
        ).describe("self, amazon, or an account of 12 digits."),
        1,
        20,
        "be a list of the accounts whose images are trusted",
        "[self]",
      ).describe("Accounts whose images are trusted."),
    }).describe("The newest image of a name."),
  ],
  {
    error: ({ input }) =>
      input === undefined
        ? `is missing: it says what nodes boot from; write ${IMAGE_CHOICES}`
        : `must be one of ${IMAGE_CHOICES}, got ${show(input)}${keysOf(input)}`,
  },
);

function keysOf(value: unknown): string {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return "";
  const keys = Object.keys(value);
  return keys.length === 0 ? " without keys" : ` with ${keys.join(", ")}`;
}
