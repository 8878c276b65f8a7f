import type { z } from "zod";
import { show } from "../../limits/messages";
import { checkedText, list, map, text, texts, whole } from "../fields";
import { backend } from "./backend";
import { accessRule, network, swarm } from "./network";
import { image, managers, pool } from "./nodes";
import { storage } from "./storage";
import { region } from "./values";

/** AWS allows 50 tags on a resource; the rest are for the library's own, like the resource's name. */
const MOST_TAGS = 40;

/** A name that others are made of: 11 characters shorter than the shortest limit on any of them, 32. */
const name = (example: string) =>
  checkedText(
    /^[a-z][a-z0-9-]{1,20}$/,
    "be 2 to 21 lower-case letters, digits and hyphens, beginning with a letter",
    example,
    (value) =>
      value.startsWith("sg-")
        ? `must not begin with sg-, which AWS keeps for ids of security groups, got ${show(value)}; write another name`
        : undefined,
  );

const tagKey = checkedText(
  /^[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/u,
  "be 1 to 128 letters, digits, spaces and _.:/=+-@, which is what AWS takes in the key of a tag",
  "team",
  (key) =>
    /^(aws:|cdktf-swarm:)/i.test(key)
      ? `must not begin with aws: or cdktf-swarm:, which are reserved, got ${show(key)}; write another name`
      : undefined,
);

/** What a file may say. Defaults that depend on other fields are filled in by `fillDefaults`. */
export const environmentSchema = map({
  environment: name("dev").describe("Name of the environment: the base name of this file."),
  region: region().describe("AWS region."),
  cluster: name("apps")
    .optional()
    .describe("Name of the cluster, which begins every name in AWS. Default: the name of the environment."),
  tags: texts(
    tagKey,
    text(
      /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u,
      "be a text of at most 256 letters, digits, spaces and _.:/=+-@, which is what AWS takes in a tag",
      "platform",
    ).describe("Value of the tag."),
    MOST_TAGS,
    "be a map from tags to texts",
    "{team: platform}",
  )
    .default({})
    .describe("Tags on every resource, at most 40."),
  backend: backend.default({ type: "local" }).describe("Where Terraform keeps its state."),
  network: network.describe("The VPC and its subnets."),
  managers: managers.prefault({}).describe("The managers; each has a slot, and an Auto Scaling group, of its own."),
  workers: list(
    pool.describe("A pool of equal workers."),
    0,
    20,
    "be a list of at most 20 pools",
    "[{name: general, desired: 2}]",
  )
    .default([])
    .describe("The worker pools; each is one Auto Scaling group over all zones."),
  swarm: swarm.prefault({}).describe("Settings of the swarm itself."),
  image: image.describe("The machine image that nodes boot from: by id, by SSM parameter, or the newest of a name."),
  storage: storage.prefault({}).describe("Shared storage of the nodes."),
  access: list(
    accessRule.describe("One opening in the cluster's security groups."),
    0,
    60,
    "be a list of at most 60 rules",
    "[]",
  )
    .default([])
    .describe("What may be reached from outside; nothing, unless a rule says so."),
  readiness: map({
    timeoutSeconds: whole(60, 7200, 900, " of seconds")
      .default(900)
      .describe("Seconds a deployment waits for the swarm to be ready."),
  })
    .prefault({})
    .describe("How long a deployment waits for the swarm to be ready."),
}).describe("One environment of a Docker Swarm on AWS.");

/** What a file says, before defaults. */
export type EnvironmentInput = z.input<typeof environmentSchema>;

/** What a file says, with the defaults that depend on nothing else. */
export type ParsedEnvironment = z.output<typeof environmentSchema>;
