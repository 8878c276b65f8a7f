import { readFileSync } from "node:fs";
import { MANAGER_COUNTS } from "../limits/constants";
import { NODE_SETTINGS_PATH, type NodeSettings } from "../registry/node-settings";
import { errorText } from "./error-text";

/** Node settings that cannot be used, with everything that is wrong with them. */
export class SettingsError extends Error {
  public constructor(
    public readonly faults: readonly string[],
    file: string,
  ) {
    super(`${file} cannot be used:\n${faults.map((fault) => `- ${fault}`).join("\n")}`);
    this.name = "SettingsError";
  }
}

/** Reads the node's settings. */
export function loadSettings(file: string = NODE_SETTINGS_PATH): NodeSettings {
  return parseSettings(readFileSync(file, "utf8"), file);
}

/** Checks what user data wrote: a node with wrong settings must say so, and do nothing. */
export function parseSettings(text: string, file: string = NODE_SETTINGS_PATH): NodeSettings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SettingsError([`not JSON: ${errorText(error)}`], file);
  }
  const faults = faultsOf(value);
  if (faults.length > 0) throw new SettingsError(faults, file);
  return value as NodeSettings;
}

type Check = (value: unknown) => string | undefined;
type Shape = Readonly<Record<string, Check>>;

const text: Check = (value) => (typeof value === "string" && value !== "" ? undefined : "a text that is not empty");
const count: Check = (value) => (Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : "a whole number");
const positive: Check = (value) =>
  Number.isSafeInteger(value) && (value as number) > 0 ? undefined : "a number above 0";
const texts: Check = (value) =>
  Array.isArray(value) && value.every((each) => !text(each)) ? undefined : "a list of texts";
const textMap: Check = (value) =>
  isObject(value) && Object.values(value).every((each) => typeof each === "string") ? undefined : "names with texts";
const oneOf =
  (...allowed: readonly unknown[]): Check =>
  (value) =>
    allowed.includes(value) ? undefined : allowed.map((each) => JSON.stringify(each)).join(" or ");
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

const NODE: Shape = {
  schema: oneOf(1),
  cluster: text,
  table: text,
  region: text,
  nonce: text,
  role: oneOf("manager", "worker"),
  slots: oneOf(...MANAGER_COUNTS),
  autoScalingGroup: text,
  roleUniqueId: text,
  launchHook: optional(text),
  terminateHook: optional(text),
  labels: textMap,
  dockerApi: oneOf("internal", "none"),
};

const SWARM: Shape = {
  addressPool: text,
  addressPoolMaskLength: positive,
  dataPathPort: positive,
  heartbeatSeconds: positive,
  certExpiryHours: positive,
  taskHistoryLimit: count,
};

const MANAGER: Shape = {
  slot: count,
  slotGroups: texts,
  workerRoleUniqueId: text,
  managerInstanceProfile: text,
  unlockKeySecret: optional(text),
};
const WORKER: Shape = { pool: text };

function faultsOf(value: unknown): readonly string[] {
  if (!isObject(value)) return [`must be an object, not ${JSON.stringify(value)}`];
  const role: Shape = value["role"] === "manager" ? MANAGER : value["role"] === "worker" ? WORKER : {};
  const swarm = value["swarm"];
  const faults = [
    ...check("", value, { ...NODE, ...role }),
    ...(isObject(swarm) ? check("swarm.", swarm, SWARM) : ["swarm must be an object"]),
  ];
  const { slot, slots, slotGroups } = value;
  if (faults.length > 0 || value["role"] !== "manager") return faults;
  // A slot beyond those that are left belongs to a node that is to be retired; it must still know its own group.
  if ((slotGroups as readonly string[]).length < (slots as number)) {
    return [`slotGroups must name the groups of all ${String(slots)} slots, not ${JSON.stringify(slotGroups)}`];
  }
  return (slot as number) <= 6 ? [] : [`slot must be at most 6, not ${String(slot)}`];
}

function check(prefix: string, value: Readonly<Record<string, unknown>>, shape: Shape): readonly string[] {
  return Object.entries(shape).flatMap(([name, rule]) => {
    const wanted = rule(value[name]);
    const got = value[name] === undefined ? "nothing" : JSON.stringify(value[name]);
    return wanted === undefined ? [] : [`${prefix}${name} must be ${wanted}, not ${got}`];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
