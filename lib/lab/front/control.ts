import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { parseApiFault } from "./api-fault";
import type { Faults } from "./faults";
import type { RequestLog } from "./request-log";

/** Paths of the lab itself, which are no part of AWS. */
const OWN_PATHS = /^\/(lab|moto-api)(\/|$)/;
/** What the emulator answers itself. */
const INSTANCE = /^\/lab\/instances\/i-[0-9a-f]+$/;

/** Whether a request is to the lab and not to AWS. */
export function isOwnPath(url: string | undefined): boolean {
  return OWN_PATHS.test(url ?? "");
}

export interface ControlOptions {
  readonly log: RequestLog;
  readonly faults: Faults;
  /** Passes a request to the emulator, and its answer back. */
  readonly passOn: (incoming: IncomingMessage, response: ServerResponse) => Promise<void>;
}

/** What the operator of this machine may ask of the front itself: who asked for what, and faults. No host may. */
export class Control {
  public constructor(private readonly options: ControlOptions) {}

  public async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { log, faults, passOn } = this.options;
    const { method, url = "" } = incoming;
    if (!incoming.socket.localAddress?.startsWith("127.")) return json(response, 404, { message: "not found" });
    switch (`${method} ${url}`) {
      case "GET /lab/requests":
        return json(response, 200, log.counts());
      case "GET /lab/faults":
        return json(response, 200, faults.list());
      case "DELETE /lab/faults":
        faults.clear();
        return json(response, 200, {});
      case "POST /lab/faults":
        return addFault(faults, await text(incoming), response);
    }
    if (method === "POST" && INSTANCE.test(url)) return passOn(incoming, response);
    return json(response, 404, { message: "not found" });
  }
}

function addFault(faults: Faults, body: string, response: ServerResponse): void {
  try {
    faults.add(parseApiFault(body));
    json(response, 200, {});
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    json(response, 400, { message: error.message });
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
