import type { Action } from "../context";

/** `cdktf-swarm lab status`: what runs of the lab. Ends with 0 only if it is up. */
export function labStatus(options: { readonly json?: boolean }): Action {
  return async (context) => {
    const lab = await context.lab();
    const status = await lab.labStatus({ projectDirectory: context.cwd });
    if (options.json === true) context.output.json(status);
    else {
      const { formatLabStatus } = await import("../tables.js");
      context.output.result(formatLabStatus(status));
    }
    return status.state === "up" ? 0 : 1;
  };
}
