import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { REPORT } from "../support/evidence";
import { Project } from "../support/project";
import { DEV, type FaultCase, type Shape } from "./case";
import { allowance, TIMINGS } from "./region";
import { type CaseResult, failedBefore, messageOf, runCase } from "./run-case";
import { Scene } from "./scene";

/** Which project's lab is on, for the next run to take down if this one dies. */
const RECORD = join(REPORT, "lab");

/** What the cases are run on: one lab at a time, shared by all that leave it as they found it. */
export class Stage {
  private shared: Project | undefined;
  private own: Project | undefined;

  public constructor() {
    if (existsSync(RECORD)) tearDown(Project.at(readFileSync(RECORD, "utf8")));
  }

  /** Runs a case; a lab that does not come up is a failure of the case. */
  public async run(fault: FaultCase, lap = 1): Promise<CaseResult> {
    const begun = Date.now();
    const scene = await this.sceneFor(fault).catch(messageOf);
    if (typeof scene === "string") return failedBefore(fault, lap, begun, scene);
    const result = await runCase(fault, scene, lap);
    // A lab that a case failed on is of no use to the next one.
    if (fault.own !== undefined || !result.passed) this.clear();
    return result;
  }

  /** Takes down whatever lab is on. */
  public clear(): void {
    for (const project of [this.shared, this.own]) if (project !== undefined) tearDown(project);
    this.shared = undefined;
    this.own = undefined;
  }

  /** On a lab of the case's own that is not up yet, or on the shared one. */
  private async sceneFor({ own, number }: FaultCase): Promise<Scene> {
    if (own === undefined) {
      this.shared ??= await raised();
      return new Scene(this.shared, DEV, allowance(number));
    }
    this.clear();
    this.own = projectOf(own);
    return new Scene(this.own, own, allowance(number));
  }
}

async function raised(): Promise<Project> {
  const project = projectOf(DEV);
  const { status, stdout, stderr } = await project.begin("lab", "up", "dev", "--timings", TIMINGS);
  if (status === 0) return project;
  tearDown(project);
  throw new Error(`lab up exited with ${status}\n${stdout}${stderr}`);
}

function projectOf({ managers, workers, locked = false }: Shape): Project {
  const project = Project.create();
  mkdirSync(REPORT, { recursive: true });
  writeFileSync(RECORD, project.directory);
  project.edit(/count: 3\b/, `count: ${managers}`);
  project.edit(/desired: 2\b/, `desired: ${workers}`);
  if (locked) project.edit(/^managers:/m, "swarm:\n  autolock: true\nmanagers:");
  return project;
}

function tearDown(project: Project): void {
  project.swarm("lab", "down");
  project.dispose();
  rmSync(RECORD, { force: true });
}
