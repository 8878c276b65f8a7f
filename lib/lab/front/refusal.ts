import type { ServerResponse } from "node:http";
import type { FrontRequest } from "./identify";

/** How the body of a request is written, and that of its answer. */
export type BodyKind = "json" | "form" | "rest";

/** Answers as the service itself does when IAM does not allow something. */
export function refuse(response: ServerResponse, { service }: FrontRequest, kind: BodyKind, message: string): void {
  if (kind === "json") {
    const type = service === "dynamodb" ? "com.amazon.coral.service#AccessDeniedException" : "AccessDeniedException";
    const json = service === "dynamodb" ? "1.0" : "1.1";
    answer(response, 400, `application/x-amz-json-${json}`, JSON.stringify({ __type: type, message }));
    return;
  }
  if (kind === "rest" && service !== "s3") {
    response.setHeader("x-amzn-errortype", "AccessDeniedException");
    answer(response, 403, "application/json", JSON.stringify({ message }));
    return;
  }
  const text = message.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
  if (service === "ec2") {
    const error = `<Error><Code>UnauthorizedOperation</Code><Message>${text}</Message></Error>`;
    answer(response, 403, "text/xml", `<Response><Errors>${error}</Errors><RequestID>lab</RequestID></Response>`);
    return;
  }
  const error = `<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${text}</Message></Error>`;
  answer(response, 403, "text/xml", `<ErrorResponse>${error}<RequestId>lab</RequestId></ErrorResponse>`);
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
