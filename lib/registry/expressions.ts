import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { toAttribute } from "./attribute-values";
import type { Condition, RecordUpdate } from "./change";

const OPERATORS = { equal: "=", below: "<", "at most": "<=" } as const;

/** Collects names and values by placeholders: several attribute names are reserved words. */
export class Expressions {
  public readonly names: Record<string, string> = {};
  private readonly collected: Record<string, AttributeValue> = {};

  /** Values by placeholder; undefined when there are none, which is what the API wants. */
  public get values(): Record<string, AttributeValue> | undefined {
    return Object.keys(this.collected).length === 0 ? undefined : this.collected;
  }

  public name(field: string): string {
    this.names[`#${field}`] = field;
    return `#${field}`;
  }

  public value(value: Parameters<typeof toAttribute>[0]): string {
    const placeholder = `:v${Object.keys(this.collected).length}`;
    this.collected[placeholder] = toAttribute(value);
    return placeholder;
  }

  /** All conditions, as one expression. */
  public condition(conditions: readonly Condition[]): string {
    return conditions.map((condition) => this.clause(condition)).join(" AND ");
  }

  /** What an update sets and removes; a name is never in both. */
  public update(set: RecordUpdate["set"], remove: readonly string[] = []): string {
    const written = Object.entries(set).flatMap(([field, value]) =>
      value === undefined ? [] : [`${this.name(field)} = ${this.value(value)}`],
    );
    const removed = remove.map((field) => this.name(field));
    return `SET ${written.join(", ")}${removed.length === 0 ? "" : ` REMOVE ${removed.join(", ")}`}`;
  }

  private clause(condition: Condition): string {
    if ("any" in condition) return `(${condition.any.map((each) => this.clause(each)).join(" OR ")})`;
    const name = this.name(condition.field);
    if (condition.is === "absent") return `attribute_not_exists(${name})`;
    return `${name} ${OPERATORS[condition.is]} ${this.value(condition.value)}`;
  }
}
