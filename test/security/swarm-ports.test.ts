import { describe, expect, test } from "vitest";
import { type SwarmPort, swarmPorts } from "../../lib/security";

function named(name: string, ports: readonly SwarmPort[] = swarmPorts()): SwarmPort | undefined {
  return ports.find((port) => port.name === name);
}

describe("swarmPorts", () => {
  test("lets all nodes reach the managers' control API, and nobody the workers'", () => {
    expect(named("control")).toMatchObject({
      protocol: "tcp",
      fromPort: 2377,
      toPort: 2377,
      from: ["managers", "workers"],
      to: ["managers"],
    });
  });

  test.each([
    ["gossip-tcp", "tcp", 7946],
    ["gossip-udp", "udp", 7946],
    ["data-path", "udp", 4789],
  ])("lets all nodes reach each other for %s", (name, protocol, port) => {
    const nodes = ["managers", "workers"];
    expect(named(name)).toMatchObject({ protocol, fromPort: port, toPort: port, from: nodes, to: nodes });
  });

  test("opens the data path where the nodes have it", () => {
    expect(named("data-path", swarmPorts(5789))).toMatchObject({ fromPort: 5789, toPort: 5789 });
  });

  test("lets ESP through among all nodes, which has no ports", () => {
    const esp = named("esp");
    expect(esp).toMatchObject({ protocol: "50", from: ["managers", "workers"], to: ["managers", "workers"] });
    expect(esp).not.toHaveProperty("fromPort");
    expect(esp).not.toHaveProperty("toPort");
  });

  test("lets managers and operators, never workers, reach every node's Docker API", () => {
    expect(named("docker-api")).toMatchObject({
      protocol: "tcp",
      fromPort: 2375,
      toPort: 2375,
      from: ["managers", "operators"],
      to: ["managers", "workers"],
    });
  });

  test("has no Docker API when it is switched off", () => {
    expect(named("docker-api", swarmPorts(4789, "none"))).toBeUndefined();
    expect(swarmPorts(4789, "none")).toHaveLength(5);
  });

  test("says of each what it is for, in words AWS takes", () => {
    for (const { description } of swarmPorts()) expect(description).toMatch(/^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/);
  });
});
