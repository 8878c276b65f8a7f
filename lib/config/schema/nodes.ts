import { z } from "zod";
import { MANAGER_COUNTS } from "../../limits/constants";
import * as images from "../../limits/images";
import { isMap, show } from "../../limits/messages";
import { poolName } from "../../limits/names";
import * as nodes from "../../limits/nodes";
import { list, map, text, texts, whole } from "../fields";

const machine = {
  instanceType: text(nodes.instanceType)
    .default(nodes.instanceType.default)
    .describe("EC2 instance type of each node."),
  rootVolumeSizeGiB: whole(nodes.rootVolumeSizeGiB)
    .default(nodes.rootVolumeSizeGiB.default)
    .describe("Size of each node's encrypted root volume, in GiB."),
};

/** The managers. */
export const managers = map({
  count: z
    .literal(MANAGER_COUNTS, { error: ({ input }) => nodes.managerCount.fault(input) })
    .default(nodes.managerCount.default)
    .describe("Number of managers: odd, because an even number tolerates no more losses."),
  ...machine,
});

/** A worker pool. */
export const pool = map({
  name: text(poolName).describe("Name of the pool, unique in the cluster."),
  desired: whole(nodes.poolSize(2))
    .optional()
    .describe(
      "Number of workers that each deploy sets, whatever scaling has made of it. Default: min when it is given, otherwise 1.",
    ),
  min: whole(nodes.poolSize(1)).optional().describe("Fewest workers that scaling may leave. Default: 0."),
  max: whole(nodes.poolSize(6))
    .optional()
    .describe("Most workers that scaling may reach. Default: twice the larger of desired and min."),
  ...machine,
  labels: texts(nodes.labels, text(nodes.labels.value).describe("Value of the label."))
    .default({})
    .describe("Node labels for placement constraints, beside az and pool."),
});

const IMAGE_CHOICES = "{id: ami-…}, {ssmParameter: /…} or {name: …, owners: [self]}";

/** The machine image. */
export const image = z.union(
  [
    map({
      id: text(images.imageId).describe("Id of the image."),
    }).describe("One image by its id."),
    map({
      ssmParameter: text(images.imageParameter).describe("Name of the SSM parameter that holds the id of the image."),
    }).describe("The image whose id a parameter holds."),
    map({
      name: text(images.imageName).describe("Name of the image; * and ? stand for other characters."),
      owners: list(
        text(images.imageOwner).describe("self, amazon, or an account of 12 digits."),
        images.imageOwners,
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
  if (!isMap(value)) return "";
  const keys = Object.keys(value);
  return keys.length === 0 ? " without keys" : ` with ${keys.join(", ")}`;
}
