import type { Condition } from "../ports";

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
