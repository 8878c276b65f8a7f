import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Outcome, PACKER, run } from "./support";

const FIREWALL = join(PACKER, "files/swarm-node/firewall.sh");

/** Runs a script in a network namespace of its own, as root there. */
function inOwnNetwork(...command: string[]): Outcome {
  const rights = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  return run("unshare", [...rights, "--net", ...command]);
}

describe("the host firewall", () => {
  const outcome = inOwnNetwork("sh", join(__dirname, "firewall-namespace.sh"), FIREWALL);
  const [first = "", second = ""] = outcome.stdout.split("\n\n").map((rules) => rules.trim());

  it("runs", () => {
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
  });

  it("takes calls of the Docker API only from the primary interface and from the node itself", () => {
    const input = first.split("\n").filter((rule) => /^-A (INPUT|SWARM-NODE)/.test(rule));
    expect(input).toEqual([
      "-A INPUT -p tcp -m tcp --dport 2375 -j SWARM-NODE",
      "-A SWARM-NODE -i lo -j RETURN",
      "-A SWARM-NODE -i eth0 -j RETURN",
      "-A SWARM-NODE -j DROP",
    ]);
  });

  it("lets no container call another node's Docker API or the metadata service, before anything dockerd accepts", () => {
    const forwarded = first.split("\n").filter((rule) => /^-A (FORWARD|DOCKER-USER)/.test(rule));
    expect(forwarded).toEqual([
      "-A FORWARD -j DOCKER-USER",
      "-A DOCKER-USER -d 169.254.169.254/32 -j DROP",
      "-A DOCKER-USER -o eth0 -p tcp -m tcp --dport 2375 -j DROP",
      "-A DOCKER-USER -j RETURN",
    ]);
  });

  it("changes nothing when it runs again", () => {
    expect(second).not.toBe("");
    expect(second).toBe(first);
  });

  it("fails where it cannot tell the primary interface, rather than protect none", () => {
    // WHEN there is no interface at all
    const alone = inOwnNetwork("sh", FIREWALL);
    // THEN
    expect(alone.code).toBe(1);
    expect(alone.stderr).toContain("primary interface is unknown");
  });
});
