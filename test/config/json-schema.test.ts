import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { environmentJsonSchema } from "../../lib/config";

const FILE = join(__dirname, "../../stacks/environments/environment.schema.json");

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** Every field that a file may have, by its path, and whether it may be left out. */
function fieldsOf(schema: Schema, path = ""): { path: string; field: Schema; optional: boolean }[] {
  const options = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
      { path: `${path}.${name}`, field, optional: !(schema.required ?? []).includes(name) },
      ...fieldsOf(field, `${path}.${name}`),
    ]),
    ...options.flatMap((option) => fieldsOf(option, path)),
    ...(schema.items === undefined ? [] : fieldsOf(schema.items, `${path}[]`)),
  ];
}

describe("the JSON Schema of environments", () => {
  const fields = fieldsOf(environmentJsonSchema() as Schema);

  it("is the one beside the environments; UPDATE=1 writes it", () => {
    const text = `${JSON.stringify(environmentJsonSchema(), undefined, 2)}\n`;
    if (process.env["UPDATE"] === "1") writeFileSync(FILE, text);
    expect(readFileSync(FILE, "utf8")).toBe(text);
  });

  it("describes every field", () => {
    expect(fields.length).toBeGreaterThan(50);
    expect(fields.filter(({ field }) => field.description === undefined).map(({ path }) => path)).toEqual([]);
  });

  it("gives, or explains, the default of every field that may be left out", () => {
    const unexplained = fields.filter(
      ({ field, optional }) => optional && field.default === undefined && !field.description?.includes("Default: "),
    );
    expect(unexplained.map(({ path }) => path)).toEqual([]);
  });

  it("refuses unknown keys wherever keys are fixed", () => {
    const open = fields.filter(({ field }) => field.properties !== undefined && field.additionalProperties !== false);
    expect(open.map(({ path }) => path)).toEqual([]);
  });

  it("has only patterns that mean the same in JavaScript and Python", () => {
    const patterns = [...JSON.stringify(environmentJsonSchema()).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text]) => JSON.parse(text ?? "") as string,
    );
    expect(patterns.length).toBeGreaterThan(30);
    for (const pattern of patterns) {
      expect(() => new RegExp(pattern, "u")).not.toThrow();
      // Python knows no \\p, takes more than ASCII for \\d, \\w and \\s, and its $ stands before a last line break, too.
      expect(pattern).not.toMatch(/\\\\[pPdDwWsSbB]/);
    }
  });

  it("offers regions, and the zones of the region that was written, by name", () => {
    const { properties, allOf } = environmentJsonSchema() as {
      properties: { region: { enum: string[] } };
      allOf: unknown[];
    };
    expect(properties.region.enum).toContain("eu-west-1");
    expect(JSON.stringify(allOf)).toContain('"enum":["eu-west-1a","eu-west-1b","eu-west-1c"]');
  });
});
