/** Names that say no more than that something went wrong. */
const PLAIN = ["Error", "DockerError", "MetadataError"];

/** What went wrong, in one line: with the error's name where that says more than the message. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [line = ""] = error.message.split("\n");
  return PLAIN.includes(error.name) ? line : `${error.name}: ${line}`;
}
