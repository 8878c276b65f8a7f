import { describe, expect, it } from "vitest";
import {
  acquireOptions,
  DEBIAN_KEYRING,
  debianSourceLines,
  parseListFile,
  parseSourcesFile,
} from "../../../lib/lab/image/apt-sources";

const SIGNED = `[signed-by=${DEBIAN_KEYRING}]`;

describe("sources of packages", () => {
  it("are read from one-line entries, with options and without", () => {
    // WHEN
    const sources = parseListFile(
      [
        "# deb http://old.example/debian bookworm main",
        "deb http://mirror.example/debian bookworm main contrib # near",
        "deb-src http://mirror.example/debian bookworm main",
        "  deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://b.example/debian bookworm-updates main",
      ].join("\n"),
    );
    // THEN
    expect(sources.map((source) => [source.types[0], source.uris[0], source.suites[0], source.components])).toEqual([
      ["deb", "http://mirror.example/debian", "bookworm", ["main", "contrib"]],
      ["deb-src", "http://mirror.example/debian", "bookworm", ["main"]],
      ["deb", "https://b.example/debian", "bookworm-updates", ["main"]],
    ]);
    expect(sources.map((source) => source.signedBy)).toEqual([undefined, undefined, DEBIAN_KEYRING]);
  });

  it("are read from deb822 stanzas, with several values, comments and values over lines", () => {
    // WHEN
    const sources = parseSourcesFile(
      [
        "Types: deb deb-src",
        "# a comment within",
        "URIs: http://mirror.example/debian",
        "suites: bookworm",
        "  bookworm-updates",
        "Components: main",
        `Signed-By: ${DEBIAN_KEYRING}`,
        "",
        "Types: deb",
        "URIs: http://off.example/debian",
        "Suites: bookworm",
        "Components: main",
        "Enabled: no",
      ].join("\n"),
    );
    // THEN
    expect(sources).toEqual([
      {
        types: ["deb", "deb-src"],
        uris: ["http://mirror.example/debian"],
        suites: ["bookworm", "bookworm-updates"],
        components: ["main"],
        signedBy: DEBIAN_KEYRING,
      },
    ]);
  });
});

describe("what a host is built from", () => {
  it("is the machine's own mirror of Debian, and nobody else's packages", () => {
    // GIVEN what people add to their machines
    const machine = parseListFile(
      [
        "deb http://mirror.example/debian bookworm main contrib",
        "deb http://mirror.example/debian-security bookworm-security main",
        "deb http://mirror.example/debian bookworm-backports main",
        "deb [signed-by=/etc/apt/keyrings/docker.asc] https://engine.example/debian bookworm stable",
        "deb [signed-by=/usr/share/keyrings/other.gpg] https://packages.example/debian bookworm main",
        "deb http://mirror.example/debian-extra bookworm contrib",
        "deb https://runtime.example/node_20.x nodistro main",
      ].join("\n"),
    );
    // WHEN
    const lines = debianSourceLines(machine);
    // THEN
    expect(lines).toEqual([
      `deb ${SIGNED} http://mirror.example/debian bookworm main`,
      `deb ${SIGNED} http://mirror.example/debian-security bookworm-security main`,
    ]);
  });

  it.each([
    ["no sources at all", ""],
    ["another release", "deb http://mirror.example/debian trixie main"],
    ["updates of this release alone", "deb http://mirror.example/debian bookworm-updates main"],
  ])("is left to mmdebstrap on a machine with %s", (_what, list) => {
    // WHEN
    const lines = debianSourceLines(parseListFile(list));
    // THEN
    expect(lines).toEqual([]);
  });

  it("is fetched the way the machine fetches: its proxy and its leniency, not the rest of its configuration", () => {
    // GIVEN
    const dump = [
      'Acquire "";',
      'Acquire::http::Proxy "http://proxy.example:3142";',
      'Acquire::Check-Valid-Until "false";',
      'Acquire::https "";',
      'Acquire::IndexTargets::deb::Packages::Description "x";',
      'Acquire::Retries "3";',
    ].join("\n");
    // WHEN
    const options = acquireOptions(dump);
    // THEN
    expect(options).toEqual([
      'Acquire::http::Proxy "http://proxy.example:3142";',
      'Acquire::Check-Valid-Until "false";',
      'Acquire::Retries "3";',
    ]);
  });
});
