import { z } from "zod";
import { notOneOf, textLimit } from "../../limits/limit";
import { complain, isMap } from "../../limits/messages";
import { region } from "../../limits/regions";
import { choice, map, text } from "../fields";

/** Where Terraform keeps its state. */
export const backend = z.discriminatedUnion(
  "type",
  [
    map({ type: z.literal("local").describe("State in a local file.") }).describe("State in a local file."),
    map({
      type: z.literal("s3").describe("State in an S3 bucket."),
      bucket: text(
        textLimit({
          pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
          must: "be the name of an S3 bucket: 3 to 63 lower-case letters, digits, hyphens and dots",
          example: "acme-terraform-state",
        }),
      ).describe("Name of the bucket, which must exist."),
      region: choice(region).optional().describe("Region of the bucket. Default: the region of the environment."),
      prefix: text(
        textLimit({
          pattern: /^([A-Za-z0-9!_.*'()-][A-Za-z0-9!_.*'()/-]{0,199})?$/,
          must: "be at most 200 characters that are safe in an S3 key, not beginning with a slash",
          example: "cdktf-swarm/",
        }),
      )
        .default("cdktf-swarm/")
        .describe("What the key of the state begins with."),
    }).describe("State in an S3 bucket, locked there."),
  ],
  {
    error: ({ input }) =>
      isMap(input)
        ? notOneOf(["local", "s3"], input["type"])
        : complain({ must: "be a map with the key type", example: "{type: local}" }, input),
  },
);
