import { type Check, list, text } from "./check";
import { Graph } from "./graph";

/** The record nodes found each other by is Terraform's only until they are there. */
export const seedIsWrittenOnce: Check = (stack) => {
  const items = stack.resources("aws_dynamodb_table_item");
  const faults = items.length === 1 ? [] : [`${items.length} resources write items`];
  for (const { address, properties } of items) {
    const [lifecycle] = list(properties.lifecycle);
    if (!text(lifecycle?.ignore_changes ?? []).includes("item")) faults.push(`${address} would reset a live cluster`);
    const { phase, nonce } = JSON.parse(text(properties.item)) as Record<string, Record<string, unknown>>;
    if (phase?.S !== "unclaimed") faults.push(`${address} seeds phase ${text(phase)}`);
    const settled = text(nonce?.S);
    if (!/^\$\{terraform_data\.[\w-]+\.id\}$/.test(settled)) faults.push(`${address} seeds the nonce ${settled}`);
    const table = stack.resources("aws_dynamodb_table").map((block) => block.address);
    if (!table.some((each) => text(properties.table_name).includes(each))) faults.push(`${address} is in no table`);
  }
  return faults;
};

/** Every node carries the seed's nonce. */
export const nodesCarryTheNonce: Check = (stack) => {
  const { item } = stack.resource("aws_dynamodb_table_item").properties;
  const nonce = (JSON.parse(text(item)) as { nonce: { S: string } }).nonce.S;
  const locals = Object.entries((stack.json.locals ?? {}) as Record<string, Record<string, unknown>>);
  return locals
    .filter(([, value]) => "autoScalingGroup" in value && value.nonce !== nonce)
    .map(([name]) => `local.${name} carries another nonce`);
};

/** A plan that deletes slots of managers in the swarm is refused by what the record says, read while planning. */
export const scaleInIsRefused: Check = (stack, config) => {
  const faults: string[] = [];
  const record = stack.dataSource("aws_dynamodb_table_item");
  const graph = new Graph(stack);
  const condition = `slot if slot >= ${config.managers.count}]`;
  const guard = stack
    .resources("terraform_data")
    .find(({ properties }) => text(list(properties.lifecycle)[0]?.precondition ?? []).includes(condition));
  if (guard === undefined || !graph.needs(guard, record)) {
    return [`nothing is refused for members of slots from ${config.managers.count} on`];
  }
  if (record.properties.table_name !== stack.resource("aws_dynamodb_table").properties.name) {
    faults.push(`${record.address} is not read while planning when the table changes, or is of another table`);
  }
  if (record.properties.lifecycle !== undefined) faults.push(`${record.address} is put off by conditions of its own`);
  if (record.properties.projection_expression !== "managers") {
    faults.push(`${record.address} brings more than the managers into the state`);
  }
  if (!list(record.properties.depends_on).some((each) => text(each).startsWith("aws_dynamodb_table_item."))) {
    faults.push(`${record.address} is read before there is a record`);
  }
  return faults;
};

// A join token of a swarm, of managers or workers, and what an operator might paste beside it.
const SECRETS = [/SWMTKN-/, /AKIA[A-Z0-9]{16}/, /-----BEGIN/, /(?:EFS|EBS)_(?:ACCESS|SECRET)KEY/];

/** No token and no key is in what Terraform reads, and so in its state. */
export const nothingSecretIsWritten: Check = (stack) =>
  SECRETS.filter((secret) => secret.test(stack.text)).map((secret) => `there is something like ${secret}`);

/** Paid by use, encrypted, with one key: a sort key or an index would make another protocol. */
export const tableIsPlain: Check = (stack) => {
  const { address, properties } = stack.resource("aws_dynamodb_table");
  const faults: string[] = [];
  if (properties.billing_mode !== "PAY_PER_REQUEST")
    faults.push(`${address} is billed by ${text(properties.billing_mode)}`);
  if (list(properties.server_side_encryption)[0]?.enabled !== true) faults.push(`${address} is not encrypted`);
  if (properties.hash_key !== "pk" || text(list(properties.attribute).map(({ name }) => name)) !== '["pk"]') {
    faults.push(`${address} has other keys than pk`);
  }
  for (const key of ["range_key", "global_secondary_index", "local_secondary_index", "ttl", "stream_enabled"]) {
    if (properties[key] !== undefined) faults.push(`${address} has ${key}`);
  }
  return faults;
};
