import { createColors } from "picocolors";

/** The part of a stream the command line needs. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** How much a line matters to the eye; shows as colour on a terminal, and not at all elsewhere. */
export type Tone = "plain" | "good" | "waiting" | "bad" | "quiet";

/**
 * Everything the command line says goes through here: results to stdout, so that they can be piped, and everything
 * about the way there to stderr.
 */
export class Output {
  /** Whether a person watches stderr, so that lines may be redrawn. */
  public readonly interactive: boolean;
  /** Lines on the screen that the next draw replaces. */
  private drawn = 0;
  private readonly colors: ReturnType<typeof createColors>;

  public constructor(
    private readonly stdout: TextStream,
    private readonly stderr: TextStream,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.interactive = stderr.isTTY === true && env["TERM"] !== "dumb";
    this.colors = createColors(this.interactive && !env["NO_COLOR"]);
  }

  /** A result, to stdout; ends with a line break. */
  public result(text: string): void {
    this.keepDrawn();
    this.stdout.write(`${printable(text)}\n`);
  }

  /** Data for programs, to stdout. */
  public json(data: unknown): void {
    this.result(JSON.stringify(data, undefined, 2));
  }

  /** A line about the way to the result, to stderr. */
  public note(text: string, tone: Tone = "plain"): void {
    this.eraseDrawn();
    this.stderr.write(`${this.paint(printable(text), tone)}\n`);
  }

  /** Redraws the lines at the end of the screen in place; only where {@link interactive}. */
  public draw(lines: readonly { readonly text: string; readonly tone?: Tone }[]): void {
    this.eraseDrawn();
    // A line that wraps would take two rows, and the next erasure would miss one.
    // A terminal that does not know its width says 0.
    const width = (this.stderr.columns || 80) - 1;
    const cut = (text: string): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text);
    this.stderr.write(
      lines
        .map(({ text, tone }) => `${this.paint(cut(printable(text).replaceAll("\n", " ")), tone ?? "plain")}\n`)
        .join(""),
    );
    this.drawn = lines.length;
  }

  /** Leaves what was drawn last on the screen. */
  public keepDrawn(): void {
    this.drawn = 0;
  }

  private eraseDrawn(): void {
    if (this.drawn > 0) this.stderr.write(`\u001b[${this.drawn}A\u001b[0J`);
    this.drawn = 0;
  }

  private paint(text: string, tone: Tone): string {
    switch (tone) {
      case "good":
        return this.colors.green(text);
      case "waiting":
        return this.colors.yellow(text);
      case "bad":
        return this.colors.red(text);
      case "quiet":
        return this.colors.dim(text);
      case "plain":
        return text;
    }
  }
}

/**
 * A text that cannot steer the terminal: every control character but the line break and the tab is written out. What
 * comes from files, nodes and AWS goes through here with the rest.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** `  12 s`: seconds since the start, as progress lines begin. */
export function elapsedLabel(seconds: number): string {
  return `${Math.round(seconds)}`.padStart(4).concat(" s");
}

/** `1 worker`, `2 workers`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
