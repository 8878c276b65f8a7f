/**
 * The process behind a lab: the emulated API, its front, the services on the VPCs' links, and the hosts. Started by
 * `lab up`, detached; ended by `lab down`. Its one argument is the project's directory.
 */

import { motoPython, startMoto } from "../emulator/moto";
import { dockerCli } from "../engine/docker-cli";
import { FaultFile } from "../faults/records";
import { Front } from "../front/front";
import { readPolicies } from "../front/policies/account-policies";
import { NodePolicies } from "../front/policies/node-policies";
import { runCommand } from "../machine/command";
import { applySettings, settingsToChange } from "../machine/kernel-settings";
import { labPaths, SUPERVISOR_COPY } from "../machine/paths";
import { API_PORT, ENDPOINT } from "../network/firewall";
import { type LabState, StateFile, type SupervisorState } from "../state/state-file";
import { Journal } from "./journal";
import { reportStopped } from "./report-stopped";
import { Supervisor } from "./supervisor";

async function main(projectDirectory: string): Promise<void> {
  const paths = labPaths(projectDirectory);
  const state = new StateFile<LabState>(paths.state).read();
  if (state?.engine === undefined || state.image === undefined)
    throw new Error(`${paths.state} names no engine or image`);
  const journal = new Journal(new StateFile<SupervisorState>(paths.supervisor, SUPERVISOR_COPY), paths.events);

  const settings = await settingsToChange(runCommand);
  journal.update({ settings: { ...settings, ...journal.state.settings } });
  applySettings(Object.keys(settings));

  const moto = await startMoto({ logFile: paths.emulatorLog, timings: state.timings, ...state.emulator });
  const authorizer = new NodePolicies({
    read: () => readPolicies(moto.url),
    log: (line) => console.error(`${new Date().toISOString()} ${line}`),
  });
  const front = new Front({ upstreamPort: moto.port, authorizer });
  await front.listen("127.0.0.1", API_PORT);
  const supervisor = new Supervisor({
    docker: dockerCli(state.engine.socket),
    image: state.image,
    run: runCommand,
    front,
    journal,
    faults: new FaultFile(paths.faults),
    stateEndpoint: moto.url,
    python: () => motoPython(),
    reportStopped: (instanceId, zone) => reportStopped(moto.url, instanceId, zone),
  });
  let stopping = false;
  const stop = async (code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    supervisor.stop();
    await Promise.allSettled([front.close(), moto.stop()]);
    process.exit(code);
  };
  process.once("SIGTERM", () => void stop(0));
  void moto.exited.then((code) => {
    if (stopping) return;
    journal.fault(`the AWS emulator ended with ${code}; read ${paths.emulatorLog}`);
    void stop(1);
  });
  journal.update({ ready: true, endpoint: ENDPOINT, stateEndpoint: moto.url });
  await supervisor.run();
}

main(process.argv[2] ?? "").catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
