/** What an attribute of a record must be for a write to happen. */
export type Condition =
  | { readonly field: string; readonly is: "absent" }
  | { readonly field: string; readonly is: "equal" | "below" | "at most"; readonly value: string | number }
  | { readonly any: readonly Condition[] };

/** That a field has a value; of none, that it is absent. */
export function equal(field: string, value: string | number | undefined): Condition {
  return value === undefined ? { field, is: "absent" } : { field, is: "equal", value };
}

/** Values a record may hold. */
export type RecordValue =
  | string
  | number
  | boolean
  | readonly RecordValue[]
  | { readonly [field: string]: RecordValue | undefined };

/** A change of one record: made wholly, and only if every condition holds. */
export interface RecordUpdate {
  readonly key: string;
  /** Attributes to write; undefined ones are left as they are. */
  readonly set: Readonly<Record<string, RecordValue | undefined>>;
  readonly remove?: readonly string[];
  readonly when: readonly Condition[];
}

/** Changes that are made together or not at all. */
export interface Change {
  readonly updates: readonly [RecordUpdate, ...RecordUpdate[]];
  /** Records that are not changed and must be so. */
  readonly checks?: readonly { readonly key: string; readonly when: readonly Condition[] }[];
  /** If the first record is like this after a refusal, the change was made after all: its answer was lost. */
  readonly confirmedBy?: readonly Condition[];
}

/** What became of a change; `refused` names the records whose conditions failed, as far as known. */
export type ChangeResult = { readonly made: true } | { readonly made: false; readonly refusedBy: readonly string[] };

/** Whether a record is as a condition asks, as the table itself would judge. */
export function holds(condition: Condition, record: Readonly<Record<string, unknown>> | undefined): boolean {
  if ("any" in condition) return condition.any.some((each) => holds(each, record));
  const value = record?.[condition.field];
  switch (condition.is) {
    case "absent":
      return value === undefined;
    case "equal":
      return value === condition.value;
    case "below":
      return typeof value === typeof condition.value && (value as string | number) < condition.value;
    case "at most":
      return typeof value === typeof condition.value && (value as string | number) <= condition.value;
  }
}
