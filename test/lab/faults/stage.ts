import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Project } from "../support/project";
import { DEV, type FaultCase, type Shape } from "./case";
import { REPORT } from "./report";
import { Scene } from "./scene";

/** Which project's lab is on, for the next run to take down if this one dies. */
const RECORD = join(REPORT, "lab");

/** What the cases are run on: one lab at a time, shared by all that leave it as they found it. */
export class Stage {
  private shared: Project | undefined;

  public constructor() {
    if (existsSync(RECORD)) tearDown(Project.at(readFileSync(RECORD, "utf8")));
  }

  /** A scene for a case: on a lab of its own that is not up yet, or on the shared one. */
  public async sceneFor({ own }: FaultCase): Promise<Scene> {
    if (own !== undefined) {
      this.discard();
      return new Scene(projectOf(own), own);
    }
    this.shared ??= await raised();
    return new Scene(this.shared, DEV);
  }

  /** The end of a scene; a lab that a case failed on is of no use to the next one. */
  public leave({ project }: Scene, passed: boolean): void {
    if (project !== this.shared) tearDown(project);
    else if (!passed) this.discard();
  }

  /** Takes the shared lab down. */
  public discard(): void {
    if (this.shared !== undefined) tearDown(this.shared);
    this.shared = undefined;
  }
}

async function raised(): Promise<Project> {
  const project = projectOf(DEV);
  const { status, stdout, stderr } = await project.begin("lab", "up", "dev");
  if (status === 0) return project;
  tearDown(project);
  throw new Error(`lab up exited with ${status}\n${stdout}${stderr}`);
}

function projectOf({ managers, workers }: Shape): Project {
  const project = Project.create();
  mkdirSync(REPORT, { recursive: true });
  writeFileSync(RECORD, project.directory);
  project.edit(/count: 3\b/, `count: ${managers}`);
  project.edit(/desired: 2\b/, `desired: ${workers}`);
  return project;
}

function tearDown(project: Project): void {
  project.swarm("lab", "down");
  project.dispose();
  rmSync(RECORD, { force: true });
}
