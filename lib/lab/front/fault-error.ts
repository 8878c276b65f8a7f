import type { FaultMode } from "./api-fault";
import type { ServiceError } from "./error-answer";
import type { FrontRequest } from "./identify";

type Errors = Readonly<Partial<Record<FaultMode, ServiceError>>>;

/** What each service answers when it fails, and when it is asked too often. SDKs repeat both. */
const ERRORS: Readonly<Record<string, Errors>> = {
  dynamodb: {
    error: internal("com.amazonaws.dynamodb.v20120810#InternalServerError", "Internal server error"),
    throttle: {
      status: 400,
      code: "com.amazon.coral.availability#ThrottlingException",
      message: "Rate of requests exceeds the allowed throughput.",
    },
  },
  ec2: {
    error: internal("InternalError", "An internal error has occurred"),
    throttle: { status: 503, code: "RequestLimitExceeded", message: "Request limit exceeded." },
  },
  autoscaling: {
    error: internal("InternalFailure", "The request processing has failed because of an unknown error"),
    throttle: { status: 400, code: "Throttling", message: "Rate exceeded" },
  },
  secretsmanager: {
    error: internal("InternalServiceError", "An error occurred on the server side."),
    throttle: { status: 400, code: "ThrottlingException", message: "Rate exceeded" },
  },
};

const OTHER_SERVICES: Errors = {
  error: internal("InternalError", "An internal error has occurred"),
  throttle: { status: 400, code: "ThrottlingException", message: "Rate exceeded" },
};

/** What a service answers to a request that a fault hits; `undefined` when the fault is not an error in the answer. */
export function faultError({ service }: FrontRequest, mode: FaultMode): ServiceError | undefined {
  return (Object.hasOwn(ERRORS, service) ? ERRORS[service] : OTHER_SERVICES)?.[mode];
}

function internal(code: string, message: string): ServiceError {
  return { status: 500, code, message };
}
