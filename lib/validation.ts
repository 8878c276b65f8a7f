import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { ValidationError } from "./errors";
import { type DeepPartial, draftOf } from "./limits/draft";
import { below, type Finding, formatPath, type Path } from "./limits/finding";
import type { Limit, ListLimit, TextsLimit } from "./limits/limit";
import { complain } from "./limits/messages";

/** What is wrong with a value: nothing, one thing, or several. */
export type Fault = string | readonly string[] | undefined;

/** Judges a value of any type; the paths of what it finds begin at the value. */
export type Check = (value: unknown) => readonly Finding[];

/**
 * Collects everything that is wrong with the props of a construct, so that it is all said at once.
 *
 * A message names the prop, says what it must be, shows the value got and, where that is not plain, what to write.
 */
export class PropsCheck {
  private readonly faults: string[] = [];

  public constructor(private readonly scope: IConstruct) {}

  /** Judges props, or what is in them at a path. */
  public props(props: unknown, check: Check, path: Path = []): this {
    for (const { path: at, message } of below(path, check(props))) {
      const fault = `${formatPath(at)} ${message}`.trimStart();
      if (!this.faults.includes(fault)) this.faults.push(fault);
    }
    return this;
  }

  /**
   * Judges one value. A value that is absent, or that only Terraform will know, is passed over: neither can be judged
   * at synth. Pass scalars and lists, not objects: a token inside an object is not seen.
   */
  public value<T>(value: T | undefined, faultOf: (value: T) => Fault): this {
    if (value === undefined || Token.isUnresolved(value)) return this;
    return this.add(faultOf(value));
  }

  /** Judges what concerns several props together. */
  public add(fault: Fault): this {
    if (fault !== undefined) this.faults.push(...(typeof fault === "string" ? [fault] : fault));
    return this;
  }

  /** Throws one `ValidationError` with all faults, if there are any. */
  public throwIfFaulty(): void {
    if (this.faults.length > 0) throw new ValidationError(this.faults, this.scope);
  }
}

/** A value that is needed; one that only Terraform will know cannot be judged. */
export function required(limit: Limit): Check {
  return (value) => (Token.isUnresolved(value) ? [] : found(limit.fault(value)));
}

/** A value that may be left out. */
export function optional(limit: Limit | Check): Check {
  const check = typeof limit === "function" ? limit : required(limit);
  return (value) => (value === undefined ? [] : check(value));
}

/** A value on which depends what there is, and so must not be left to Terraform. */
export function known(limit: Limit | Check): Check {
  const check = typeof limit === "function" ? limit : required(limit);
  return (value) =>
    Token.isUnresolved(value) ? found("must be known at synth, got a Terraform expression") : check(value);
}

/** An object with these props, and maybe others. */
export function fields(shape: Readonly<Record<string, Check>>): Check {
  const must = `be an object with ${Object.keys(shape).join(", ")}`;
  const example = `{ ${Object.keys(shape)[0]}: … }`;
  return (value) => {
    if (Token.isUnresolved(value)) return [];
    if (!isObject(value)) return found(complain({ must, example }, value));
    return Object.entries(shape).flatMap(([key, check]) => below([key], check(value[key])));
  };
}

/** A list; each item may be unknown until Terraform runs, and so may be the list. */
export function items(limit: ListLimit, item: Limit | Check): Check {
  const check = typeof item === "function" ? item : required(item);
  return (value) => {
    if (Token.isUnresolved(value)) return [];
    // A place that holds nothing is judged too: `flatMap` alone would pass over it.
    const each = Array.isArray(value) ? [...value].flatMap((one, index) => below([index], check(one))) : [];
    return [...found(limit.fault(value)), ...each];
  };
}

/** A map from free keys to texts. */
export function entries(limit: TextsLimit): Check {
  return (value) => {
    const wrong = limit.fault(value);
    if (!isObject(value)) return found(wrong);
    const each = Object.entries(value).flatMap(([key, text]): readonly Finding[] => {
      const keyFault = limit.key.fault(key);
      if (keyFault !== undefined) return [{ path: [key], at: "key", message: keyFault }];
      return below([key], required(limit.value)(text));
    });
    return [...found(wrong), ...each];
  };
}

/** An object and, as far as its parts are valid by themselves, its parts beside each other. */
export function together<T extends object>(
  check: Check,
  rules: (draft: DeepPartial<T>, value: Readonly<Record<string, unknown>>) => readonly Finding[],
): Check {
  return (value) => {
    const findings = check(value);
    return [...findings, ...(isObject(value) ? rules(draftOf<T>(plainCopy(value), findings), value) : [])];
  };
}

/** Without what only Terraform will know, and without objects that are more than data. */
function plainCopy(value: object): unknown {
  if (Array.isArray(value)) return value.map(plainPart);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plainPart(part)]));
}

function plainPart(value: unknown): unknown {
  if (Token.isUnresolved(value) || typeof value === "function") return undefined;
  if (typeof value !== "object" || value === null) return value;
  const isPlain = Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
  return isPlain ? plainCopy(value) : undefined;
}

function found(message: string | undefined): readonly Finding[] {
  return message === undefined ? [] : [{ path: [], message }];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
