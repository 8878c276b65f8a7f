import { statSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The tests of the mutated room first, and small files before large ones: the first that fails ends a mutant's run. */
export class NearestFirst extends BaseSequencer {
  public override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rooms = new Set((this.ctx.config.related ?? []).map((file) => roomOf(file, "lib")));
    const far = ({ moduleId }: TestSpecification) => (rooms.has(roomOf(moduleId, "test")) ? 0 : 1);
    const size = ({ moduleId }: TestSpecification) => statSync(moduleId).size;
    return [...files].sort((one, other) => far(one) - far(other) || size(one) - size(other));
  }
}

/** Limits are what `config` tests. */
function roomOf(file: string, root: string): string {
  const [room = ""] = file.split(`/${root}/`).at(-1)?.split("/") ?? [];
  return room === "limits" ? "config" : room;
}
