import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";

/** One block of a synthesized stack: its arguments as Terraform names them, and how others refer to it. */
export interface Block {
  readonly type: string;
  /** Logical id. */
  readonly id: string;
  /** How others refer to it: `aws_vpc.Network_1234`, or `data.aws_vpc.…`. */
  readonly address: string;
  /** Arguments, in snake_case. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A stack as Terraform would read it. */
export class SynthesizedStack {
  public constructor(
    /** The whole document. */
    public readonly json: Readonly<Record<string, unknown>>,
    /** The same as text, for what must not be in it anywhere. */
    public readonly text: string,
  ) {}

  /** All resources, or those of one type, in the order of their ids. */
  public resources(type?: string): readonly Block[] {
    return this.blocks("resource", type);
  }

  /** All data sources, or those of one type. */
  public dataSources(type?: string): readonly Block[] {
    return this.blocks("data", type);
  }

  /** The only resource of a type, or the only one whose properties include these. */
  public resource(type: string, having: Readonly<Record<string, unknown>> = {}): Block {
    return only(`${type} having ${JSON.stringify(having)}`, this.resources(type), having);
  }

  public dataSource(type: string, having: Readonly<Record<string, unknown>> = {}): Block {
    return only(`data ${type} having ${JSON.stringify(having)}`, this.dataSources(type), having);
  }

  /** What an expression like `${aws_vpc.Network_1234.id}` refers to. */
  public referent(expression: unknown): Block {
    const address = /^\$\{((?:data\.)?\w+\.[\w-]+)/.exec(String(expression))?.[1];
    const found = [...this.resources(), ...this.dataSources()].find((block) => block.address === address);
    if (found === undefined) throw new Error(`nothing in the stack is ${JSON.stringify(expression)}`);
    return found;
  }

  private blocks(section: "resource" | "data", wanted?: string): readonly Block[] {
    const types = recordOf(this.json[section]);
    return Object.entries(types)
      .filter(([type]) => wanted === undefined || type === wanted)
      .flatMap(([type, blocks]) =>
        Object.entries(recordOf(blocks)).map(([id, properties]) => {
          const address = `${section === "data" ? "data." : ""}${type}.${id}`;
          return { type, id, address, properties: recordOf(properties) };
        }),
      );
  }
}

/**
 * Builds a stack with the AWS provider in it, runs its validations and its aspects, and gives what Terraform would read.
 * What `build` throws, and what a validation finds, is thrown.
 */
export function synth(build: (stack: TerraformStack) => void): SynthesizedStack {
  const stack = stackOf(build);
  const text = Testing.synth(stack, true);
  return new SynthesizedStack(JSON.parse(text), text);
}

/** The warnings that constructs of a stack raise at synth. */
export function warningsOf(build: (stack: TerraformStack) => void): readonly string[] {
  const stack = stackOf(build);
  Testing.synth(stack, true);
  return stack.node.findAll().flatMap(({ node }) => node.metadata.filter(isWarning).map(({ data }) => String(data)));
}

/** How a resource refers to an attribute of another. */
export function reference(block: Block, attribute: string): string {
  return `\${${block.address}.${attribute}}`;
}

function stackOf(build: (stack: TerraformStack) => void): TerraformStack {
  const stack = new TerraformStack(Testing.stubVersion(new App({ stackTraces: false })), "stack");
  new AwsProvider(stack, "Aws", { region: "eu-west-1" });
  build(stack);
  return stack;
}

function only(what: string, blocks: readonly Block[], having: Readonly<Record<string, unknown>>): Block {
  const wanted = Object.entries(having);
  const found = blocks.filter(({ properties }) =>
    wanted.every(([key, value]) => JSON.stringify(properties[key]) === JSON.stringify(value)),
  );
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`expected one ${what}, found ${found.length}`);
  return first;
}

function isWarning({ type }: { readonly type: string }): boolean {
  return type === "@cdktf/warn";
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
