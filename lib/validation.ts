import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { ValidationError } from "./errors";

/** What is wrong with a value: nothing, one thing, or several. */
export type Fault = string | readonly string[] | undefined;

/**
 * Collects everything that is wrong with the props of a construct, so that it is all said at once.
 *
 * A message names the prop, says what it must be, shows the value got and, where that is not plain, what to write.
 */
export class PropsCheck {
  private readonly faults: string[] = [];

  public constructor(private readonly scope: IConstruct) {}

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
