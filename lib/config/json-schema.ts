import { z } from "zod";
import { SWARM_PORTS } from "../limits/constants";
import { REGIONS, zonesOf } from "../limits/regions";
import { environmentSchema } from "./schema/environment";

/** The part of JSON Schema that is written here. */
interface Schema {
  properties: Record<string, Schema>;
  items: Schema;
  [keyword: string]: unknown;
}

/**
 * The JSON Schema of an environment file, by which editors complete, explain and check it. It refuses what the loader
 * refuses, but for what JSON Schema cannot say: how values compare with each other and with the name of the file, which
 * letters there are beyond ASCII, and how long the user data becomes. Its patterns mean the same in JavaScript and
 * Python.
 */
export function environmentJsonSchema(): object {
  const schema = { ...z.toJSONSchema(environmentSchema, { io: "input" }) } as unknown as Schema;
  const { network, swarm, storage, access } = schema.properties as Record<string, Schema>;
  if (network === undefined || swarm === undefined || storage === undefined || access === undefined)
    throw new Error("a field is gone");
  add(network.properties["availabilityZones"], { uniqueItems: true });
  const rexray = storage.properties["rexray"];
  for (const names of ["volumes", "pools"]) add(rexray?.properties[names], { uniqueItems: true });
  add(rexray, managersAreInNoPool());
  add(swarm.properties["dataPathPort"], notSwarmPorts());
  add(access.items.properties["port"], notSwarmPorts());
  add(access.items.properties["toPort"], notSwarmPorts());
  add(network, publicNodesNeedNoNat());
  return { ...schema, title: "cdktf-swarm environment", allOf: REGIONS.map(zonesBelongTo) };
}

function add(schema: Schema | undefined, keywords: Readonly<Record<string, unknown>>): void {
  Object.assign(schema ?? {}, keywords);
}

function notSwarmPorts() {
  return { not: { anyOf: SWARM_PORTS.map(({ first, last }) => ({ minimum: first, maximum: last })) } };
}

function publicNodesNeedNoNat() {
  return {
    if: { properties: { nodeSubnets: { const: "public" } }, required: ["nodeSubnets"] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { nat: { enum: ["none"] } } },
  };
}

function managersAreInNoPool() {
  return {
    if: { properties: { on: { const: "managers" } }, required: ["on"] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { pools: false } },
  };
}

/** In the region, its zones and no others: which editors complete, too. */
function zonesBelongTo(region: string) {
  return {
    if: { properties: { region: { const: region } }, required: ["region"] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { network: { properties: { availabilityZones: { items: { enum: zonesOf(region) } } } } } },
  };
}
