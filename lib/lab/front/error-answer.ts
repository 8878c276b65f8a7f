import type { ServerResponse } from "node:http";
import type { FrontRequest } from "./identify";

/** How the body of a request is written, and that of its answer. */
export type BodyKind = "json" | "form" | "rest";

/** An error as a service names it. */
export interface ServiceError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Answers with an error as the service itself writes them. */
export function answerError(
  response: ServerResponse,
  { service }: FrontRequest,
  kind: BodyKind,
  error: ServiceError,
): void {
  const [type, body] = render(service, kind, error);
  if (kind === "rest") response.setHeader("x-amzn-errortype", error.code);
  response.writeHead(error.status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** Type and text of the body. */
function render(service: string, kind: BodyKind, { status, code, message }: ServiceError): readonly [string, string] {
  if (kind === "json") {
    const version = service === "dynamodb" ? "1.0" : "1.1";
    return [`application/x-amz-json-${version}`, JSON.stringify({ __type: code, message })];
  }
  if (kind === "rest" && service !== "s3") return ["application/json", JSON.stringify({ message })];
  const text = message.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
  const detail = `<Code>${code}</Code><Message>${text}</Message>`;
  if (service === "ec2")
    return ["text/xml", `<Response><Errors><Error>${detail}</Error></Errors><RequestID>lab</RequestID></Response>`];
  const type = status < 500 ? "Sender" : "Receiver";
  const error = `<Error><Type>${type}</Type>${detail}</Error>`;
  return ["text/xml", `<ErrorResponse>${error}<RequestId>lab</RequestId></ErrorResponse>`];
}
