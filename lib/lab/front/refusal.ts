import type { BodyKind, ServiceError } from "./error-answer";
import type { FrontRequest } from "./identify";

/** What a service answers when IAM does not allow something. */
export function refusalError({ service }: FrontRequest, kind: BodyKind, message: string): ServiceError {
  if (kind === "json") {
    const code = service === "dynamodb" ? "com.amazon.coral.service#AccessDeniedException" : "AccessDeniedException";
    return { status: 400, code, message };
  }
  if (kind === "rest" && service !== "s3") return { status: 403, code: "AccessDeniedException", message };
  return { status: 403, code: service === "ec2" ? "UnauthorizedOperation" : "AccessDenied", message };
}
