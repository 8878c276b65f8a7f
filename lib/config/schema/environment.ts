import type { z } from "zod";
import { accessRules } from "../../limits/access";
import { textLimit, textsLimit } from "../../limits/limit";
import { show } from "../../limits/messages";
import { clusterName, environmentName } from "../../limits/names";
import { workerPools } from "../../limits/nodes";
import { region } from "../../limits/regions";
import { readinessTimeout } from "../../limits/swarm";
import { choice, list, map, text, texts, whole } from "../fields";
import { backend } from "./backend";
import { accessRule, network, swarm } from "./network";
import { image, managers, pool } from "./nodes";
import { storage } from "./storage";

/** AWS allows 50 tags on a resource; the rest are for the library's own, like the resource's name. */
const MOST_TAGS = 40;

/** What AWS takes of ASCII; of all else, that has letters, spaces and digits is more than a portable pattern can say. */
const TAG_CHARACTER = "[^\\u0000-\\u001f!\"#$%&'()*,;<>?\\[\\\\\\]^`{|}~\\u007f-\\u009f]";

/** Tags on every resource. */
const tags = textsLimit({
  key: textLimit({
    pattern: /^[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/u,
    must: "be 1 to 128 letters, digits, spaces and _.:/=+-@, which is what AWS takes in the key of a tag",
    example: "team",
    exactly: `^${TAG_CHARACTER}{1,128}$`,
    never: /^([aA][wW][sS]|[cC][dD][kK][tT][fF]-[sS][wW][aA][rR][mM]):|^__proto__$/,
    refuse: (key) =>
      /^(aws:|cdktf-swarm:)/i.test(key)
        ? `must not begin with aws: or cdktf-swarm:, which are reserved, got ${show(key)}; write another name`
        : undefined,
  }),
  value: textLimit({
    pattern: /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u,
    must: "be a text of at most 256 letters, digits, spaces and _.:/=+-@, which is what AWS takes in a tag",
    example: "platform",
    exactly: `^${TAG_CHARACTER}{0,256}$`,
  }),
  max: MOST_TAGS,
  must: "be a map from tags to texts",
  example: "{team: platform}",
});

/** What a file may say. Defaults that depend on other fields are filled in by `fillDefaults`. */
export const environmentSchema = map({
  environment: text(environmentName).describe("Name of the environment: the base name of this file."),
  region: choice(region).describe("AWS region."),
  cluster: text(clusterName)
    .optional()
    .describe("Name of the cluster, which begins every name in AWS. Default: the name of the environment."),
  tags: texts(tags, text(tags.value).describe("Value of the tag."))
    .default({})
    .describe("Tags on every resource, at most 40."),
  backend: backend.default({ type: "local" }).describe("Where Terraform keeps its state."),
  network: network.describe("The VPC and its subnets."),
  managers: managers.prefault({}).describe("The managers; each has a slot, and an Auto Scaling group, of its own."),
  workers: list(pool.describe("A pool of equal workers."), workerPools)
    .default([])
    .describe("The worker pools; each is one Auto Scaling group over all zones."),
  swarm: swarm.prefault({}).describe("Settings of the swarm itself."),
  image: image.describe("The machine image that nodes boot from: by id, by SSM parameter, or the newest of a name."),
  storage: storage.prefault({}).describe("Shared storage of the nodes."),
  access: list(accessRule.describe("One opening in the cluster's security groups."), accessRules)
    .default([])
    .describe("What may be reached from outside; nothing, unless a rule says so."),
  readiness: map({
    timeoutSeconds: whole(readinessTimeout)
      .default(readinessTimeout.default)
      .describe("Seconds a deployment waits for the swarm to be ready."),
  })
    .prefault({})
    .describe("How long a deployment waits for the swarm to be ready."),
}).describe("One environment of a Docker Swarm on AWS.");

/** What a file says, before defaults. */
export type EnvironmentInput = z.input<typeof environmentSchema>;

/** What a file says, with the defaults that depend on nothing else. */
export type ParsedEnvironment = z.output<typeof environmentSchema>;
