import { appendFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureHostImage } from "../../../lib/lab/image";
import { agentBundle, FakeDocker, FakePrograms, imageFiles, scratchFolder } from "./support";

// The keyring is a file of the machine, and these tests are not about the machine.
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  return { ...fs, existsSync: (path: string) => path.endsWith("debian-archive-keyring.gpg") || fs.existsSync(path) };
});

beforeEach(() => {
  vi.spyOn(process, "getuid").mockReturnValue(0);
  vi.spyOn(process, "platform", "get").mockReturnValue("linux");
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What one call needs, all of it fresh. */
function setting(programs = new FakePrograms()) {
  const options = { files: imageFiles(), cache: scratchFolder(), run: programs.run, agentBundle: agentBundle() };
  return { docker: new FakeDocker(), programs, options };
}

describe("the image of the lab's hosts", () => {
  it("is built once", async () => {
    // GIVEN
    const { docker, programs, options } = setting();
    // WHEN
    const first = await ensureHostImage(docker, options);
    const second = await ensureHostImage(docker, options);
    // THEN
    expect(first.built).toBe(true);
    expect(second).toEqual({ image: first.image, built: false });
    expect(docker.images).toContain(first.image);
    expect(programs.count("mmdebstrap")).toBe(1);
  });

  it("gets a new agent as a layer, without building the system again", async () => {
    // GIVEN
    const { docker, programs, options } = setting();
    const before = await ensureHostImage(docker, options);
    // WHEN
    const after = await ensureHostImage(docker, { ...options, agentBundle: agentBundle("a newer agent") });
    // THEN
    expect(after.built).toBe(true);
    expect(after.image).not.toBe(before.image);
    expect(programs.count("mmdebstrap")).toBe(1);
    expect(docker.calls.filter((call) => call.startsWith("import"))).toHaveLength(1);
  });

  it.each(["packer/scripts/20-docker.sh", "packer/files/swarm-node/firewall.sh", "lab/entrypoint.sh"])(
    "is another one when %s changes",
    async (path) => {
      // GIVEN
      const { docker, programs, options } = setting();
      const before = await ensureHostImage(docker, options);
      // WHEN
      appendFileSync(join(options.files.packer, "..", path), "# changed\n");
      const after = await ensureHostImage(docker, options);
      // THEN
      expect(after.image).not.toBe(before.image);
      expect(programs.count("mmdebstrap")).toBe(2);
    },
  );

  it("leaves neither images nor archives of earlier builds", async () => {
    // GIVEN
    const { docker, options } = setting();
    await ensureHostImage(docker, options);
    // WHEN
    appendFileSync(join(options.files.lab, "lab.sh"), "# changed\n");
    const { image } = await ensureHostImage(docker, options);
    // THEN
    expect([...docker.images].filter((name) => name.startsWith("cdktf-swarm-lab-host:"))).toEqual([image]);
    expect(docker.images.size).toBe(2);
    expect(readdirSync(options.cache).filter((name) => name.endsWith(".tar"))).toHaveLength(1);
  });

  it("is imported from the archive when the engine has lost it", async () => {
    // GIVEN
    const { programs, options } = setting();
    await ensureHostImage(new FakeDocker(), options);
    // WHEN
    const { built } = await ensureHostImage(new FakeDocker(), options);
    // THEN
    expect(built).toBe(true);
    expect(programs.count("mmdebstrap")).toBe(1);
  });

  it("stops its containers in the way systemd understands", async () => {
    // GIVEN
    const { docker, options } = setting();
    // WHEN
    await ensureHostImage(docker, options);
    // THEN
    expect(docker.calls.find((call) => call.startsWith("create"))).toContain("--stop-signal SIGRTMIN+3");
  });

  it("leaves no container behind when the agent cannot be added", async () => {
    // GIVEN
    const { options } = setting();
    const docker = new FakeDocker("cp");
    // WHEN
    const attempt = ensureHostImage(docker, options);
    // THEN
    await expect(attempt).rejects.toThrow("cp failed");
    expect(docker.containers.size).toBe(0);
  });

  it("leaves no half archive that a later run would take for whole", async () => {
    // GIVEN a build that fails after it began to write
    const { docker, options } = setting(new FakePrograms([], ["mmdebstrap"]));
    // WHEN
    const attempt = ensureHostImage(docker, options);
    // THEN
    await expect(attempt).rejects.toThrow("mmdebstrap complains");
    expect(readdirSync(options.cache).filter((name) => name.endsWith(".tar"))).toEqual([]);
  });

  it("says where it is while it is built", async () => {
    // GIVEN
    const { docker, options } = setting();
    const steps: string[] = [];
    // WHEN
    await ensureHostImage(docker, { ...options, onProgress: (step) => steps.push(step) });
    // THEN
    expect(steps).toContain("downloading packages with apt");
    expect(steps.at(-1)).toBe("adding the agent to the image of hosts");
  });

  it("asks for the agent to be built first", async () => {
    // GIVEN
    const { docker, options } = setting();
    rmSync(options.agentBundle);
    // WHEN
    const attempt = ensureHostImage(docker, options);
    // THEN
    await expect(attempt).rejects.toThrow("npm run build");
  });

  it("names everything that is missing on this machine at once", async () => {
    // GIVEN
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    const { docker, options } = setting(new FakePrograms(["mmdebstrap"]));
    // WHEN
    const attempt = ensureHostImage(docker, options);
    // THEN
    await expect(attempt).rejects.toMatchObject({
      name: "OperationError",
      code: "HostImageFailed",
      message: expect.stringMatching(/built by root[\s\S]*apt-get install mmdebstrap/),
    });
  });
});
