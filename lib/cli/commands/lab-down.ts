import type { Action } from "../context";
import { LabProgressView } from "../lab-progress-view";

/** `cdktf-swarm lab down`: removes everything the lab made on this machine. */
export function labDown(): Action {
  return async (context) => {
    const lab = await context.lab();
    const view = new LabProgressView(context.output, "");
    await lab.labDown({ projectDirectory: context.cwd, onProgress: (progress) => view.update(progress) });
    context.output.result("the lab is down");
    return 0;
  };
}
