import type { IncomingHttpHeaders } from "node:http";

/** What the front knows of a request before it goes on. */
export interface FrontRequest {
  /** Access key id that signed it, `anonymous` when nothing did. */
  readonly caller: string;
  /** Service as its signature names it, like `dynamodb` or `elasticfilesystem`. */
  readonly service: string;
  /** Region its signature names. */
  readonly region: string;
  /** `RunInstances`, or `GET /path` where the service's protocol names no action. */
  readonly action: string;
}

interface RequestHead {
  readonly method?: string;
  readonly url?: string;
  readonly headers: IncomingHttpHeaders;
}

/** As the emulator reads it, lest a caller be one here and another there. */
const CREDENTIAL = /^AWS4-HMAC-SHA256 +Credential=([^/\s,]+)\/\d+\/([^/\s,]*)\/([^/\s,]+)\/aws4_request(?:,|\s|$)/;
const FORM_ACTION = /(?:^|&)Action=([A-Za-z0-9]+)/;

/** Who asks for what. `start` is the beginning of the body: form-encoded protocols name their action there. */
export function identify(request: RequestHead, start: Buffer | undefined): FrontRequest {
  const credential = CREDENTIAL.exec(request.headers.authorization ?? "");
  return {
    caller: credential?.[1] ?? "anonymous",
    service: credential?.[3] ?? "unknown",
    region: credential?.[2] ?? "unknown",
    action: actionOf(request, start),
  };
}

/** Whether the action is named in the body. */
export function isForm(request: RequestHead): boolean {
  return (request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
}

/** Whether it is an operation on DynamoDB's data or tables. */
export function isDynamoDb(request: RequestHead): boolean {
  return targetOf(request).startsWith("DynamoDB_");
}

/** Whether the action is named in a header, and the body is JSON. */
export function isJson(request: RequestHead): boolean {
  return targetOf(request) !== "";
}

function actionOf(request: RequestHead, start: Buffer | undefined): string {
  const target = targetOf(request);
  if (target !== "") return target.slice(target.lastIndexOf(".") + 1);
  const named = isForm(request) ? FORM_ACTION.exec(start?.toString("latin1") ?? "") : null;
  return named?.[1] ?? `${request.method ?? "GET"} ${(request.url ?? "/").split("?")[0]}`;
}

function targetOf(request: RequestHead): string {
  return String(request.headers["x-amz-target"] ?? "");
}
