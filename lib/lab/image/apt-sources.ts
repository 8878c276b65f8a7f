/** The Debian release whose packages hosts are made of: the one the AMI is built from. */
export const SUITE = "bookworm";

/** Keys of Debian's own archive, from the package `debian-archive-keyring`. */
export const DEBIAN_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** A place that packages come from. */
export interface AptSource {
  readonly types: readonly string[];
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Path of a keyring; APT also takes key ids and whole keys here. */
  readonly signedBy?: string;
}

/** Entries of a file in APT's one-line style (`*.list`). */
export function parseListFile(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) return [];
    const [, type = "", options = "", uri = "", suite = "", components = ""] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1];
    return [{ types: [type], uris: [uri], suites: [suite], components: words(components), signedBy }];
  });
}

/** Entries of a file in APT's deb822 style (`*.sources`). */
export function parseSourcesFile(text: string): AptSource[] {
  const withoutComments = text.replace(/^#.*\n?/gm, "");
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = parseFields(stanza);
    if (fields.size === 0 || /^(no|false|off|0|without|disable)$/i.test(fields.get("enabled") ?? "")) return [];
    const list = (name: string) => words(fields.get(name) ?? "");
    return [
      {
        types: list("types"),
        uris: list("uris"),
        suites: list("suites"),
        components: list("components"),
        signedBy: fields.get("signed-by"),
      },
    ];
  });
}

/** Field names in lower case; a value may go on in lines that begin with a space. */
function parseFields(stanza: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const field of stanza.split(/\n(?=\S)/)) {
    const match = /^([^:\s]+):([\s\S]*)$/.exec(field);
    if (match?.[1] !== undefined) fields.set(match[1].toLowerCase(), (match[2] ?? "").trim());
  }
  return fields;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/**
 * The lines for mmdebstrap: the machine's own mirrors of Debian's archive, since others may be out of its reach; none
 * where it has none of this release: mmdebstrap then takes Debian's, with updates and security.
 */
export function debianSourceLines(machine: readonly AptSource[]): string[] {
  const lines = machine.flatMap(linesOf);
  // Updates alone are no distribution.
  const complete = lines.some((line) => line.includes(` ${SUITE} `));
  return complete ? [...new Set(lines)] : [];
}

function linesOf(entry: AptSource): string[] {
  const keyring = entry.signedBy ?? DEBIAN_KEYRING;
  if (!entry.types.includes("deb") || !entry.components.includes("main") || !/debian-archive/.test(keyring)) return [];
  const suites = entry.suites.filter((suite) => [SUITE, `${SUITE}-updates`, `${SUITE}-security`].includes(suite));
  const uris = entry.uris.filter((uri) => /debian/i.test(uri));
  return uris.flatMap((uri) => suites.map((suite) => `deb [signed-by=${keyring}] ${uri} ${suite} main`));
}

/** How this machine reaches its mirrors and what it lets pass there, out of `apt-config dump`. */
export function acquireOptions(aptConfigDump: string): string[] {
  const wanted = /^Acquire::(https?::(Proxy|CaInfo|Verify-)|Check-|Retries|ForceIPv)[^ ]* "[^"]+";$/i;
  return aptConfigDump.split("\n").filter((line) => wanted.test(line));
}
