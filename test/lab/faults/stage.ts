import { Project } from "../support/project";
import { DEV, type FaultCase, type Shape } from "./case";
import { Scene } from "./scene";

/** What the cases are run on: one lab at a time, shared by all that leave it as they found it. */
export class Stage {
  private shared: Project | undefined;

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
  const project = new Project();
  project.edit(/count: 3\b/, `count: ${managers}`);
  project.edit(/desired: 2\b/, `desired: ${workers}`);
  return project;
}

function tearDown(project: Project): void {
  project.swarm("lab", "down");
  project.dispose();
}
