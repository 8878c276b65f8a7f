import { z } from "zod";
import { environmentSchema } from "./schema/environment";

/** The JSON Schema of an environment file, by which editors complete, explain and check it. */
export function environmentJsonSchema(): object {
  return { ...z.toJSONSchema(environmentSchema, { io: "input" }), title: "cdktf-swarm environment" };
}
