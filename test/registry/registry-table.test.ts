import { expect, test } from "vitest";
import { RegistryTable } from "../../lib/registry";
import { reference, synth } from "../support/synth";

test("fails when the table has another key, costs when idle, is open, or outlives the stack", () => {
  // WHEN
  const stack = synth((scope) => {
    new RegistryTable(scope, "Registry", { clusterName: "apps" });
  });

  // THEN
  expect(stack.resource("aws_dynamodb_table").properties).toMatchObject({
    name: "apps-registry",
    billing_mode: "PAY_PER_REQUEST",
    hash_key: "pk",
    attribute: [{ name: "pk", type: "S" }],
    server_side_encryption: { enabled: true },
    deletion_protection_enabled: false,
  });
});

test("fails when the seed is not the record that agents claim", () => {
  const stack = synth((scope) => {
    new RegistryTable(scope, "Registry", { clusterName: "apps" });
  });

  const { item } = stack.resource("aws_dynamodb_table_item").properties;
  expect(JSON.parse(String(item))).toEqual({
    pk: { S: "cluster" },
    schema: { N: "1" },
    minWriter: { N: "1" },
    writeId: { S: "seed" },
    nonce: { S: reference(stack.resource("terraform_data"), "id") },
    phase: { S: "unclaimed" },
    epoch: { N: "0" },
    renewal: { N: "0" },
    generation: { N: "0" },
    managers: { L: [] },
    abandoned: { L: [] },
  });
});

test("fails when a second deploy would reset the record of a live cluster", () => {
  const stack = synth((scope) => {
    new RegistryTable(scope, "Registry", { clusterName: "apps" });
  });

  expect(stack.resource("aws_dynamodb_table_item").properties.lifecycle).toEqual({ ignore_changes: ["item"] });
});

test("fails when a table of another name keeps the nonce of the old one", () => {
  const stack = synth((scope) => {
    new RegistryTable(scope, "Registry", { clusterName: "apps" });
  });

  expect(stack.resource("terraform_data").properties.triggers_replace).toEqual({ table: "apps-registry" });
});

test("fails when the table cannot be protected", () => {
  const stack = synth((scope) => {
    new RegistryTable(scope, "Registry", { clusterName: "apps", deletionProtection: true });
  });

  expect(stack.resource("aws_dynamodb_table").properties.deletion_protection_enabled).toBe(true);
});
