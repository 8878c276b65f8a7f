import { show } from "../limits/messages";

/** One more part of a node's user data, which cloud-init handles before it starts the agent. */
export abstract class UserDataSnippet {
  /**
   * A script, run once as root at an instance's first boot. Scripts run in the order they are given.
   *
   * @param script whole script; begins with `#!`
   */
  public static shellScript(script: string): UserDataSnippet {
    return new MarkedSnippet("text/x-shellscript", "#!", "a shell script", script);
  }

  /**
   * A piece of cloud-config. Its lists (`write_files`, `runcmd` …) are put before the library's own.
   *
   * @param config whole document; begins with `#cloud-config`
   */
  public static cloudConfig(config: string): UserDataSnippet {
    return new MarkedSnippet("text/cloud-config", "#cloud-config", "a piece of cloud-config", config);
  }

  /** MIME type cloud-init knows the part by. */
  public abstract readonly type: string;
  public abstract readonly text: string;
  /** What is wrong with the part, completing its name like `must be …`; or nothing. */
  public abstract fault(): string | undefined;
}

class MarkedSnippet extends UserDataSnippet {
  public constructor(
    public override readonly type: string,
    private readonly mark: string,
    private readonly what: string,
    public override readonly text: string,
  ) {
    super();
  }

  public override fault(): string | undefined {
    if (typeof this.text === "string" && this.text.startsWith(this.mark)) return undefined;
    return `must begin with "${this.mark}", as ${this.what} does, got ${show(this.text)}`;
  }
}
