/** Errors of the Temporal client as errors of our table. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { isErrorCode, SlipwayError, type ErrorReport } from '../release/errors';
import { temporalClient } from './temporal-client';

/** gRPC's status codes, as far as they are told apart here. */
export const grpc = {
  cancelled: 1,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** The gRPC status of an error of the Temporal client; undefined if it is none of the server's answers. */
export function grpcCode(error: unknown): number | undefined {
  const { ServiceError, isGrpcServiceError } = temporalClient();
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof ServiceError && error.cause ? grpcCode(error.cause) : undefined;
}

const lasting: readonly (number | undefined)[] = [
  undefined,
  // INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED
  ...[3, 5, 7, 12, 16],
];

/** Whether the same call may succeed a moment later. */
export function isTransient(error: unknown): boolean {
  return !lasting.includes(grpcCode(error));
}

/**
 * Whether a query failed because no worker answered: a server whose queue has no pollers says so at once; one whose
 * worker has just died lets the query wait.
 */
export function isSilence(error: unknown): boolean {
  const code = grpcCode(error);
  // A query that ran into our deadline comes back as cancelled where the server noticed it first.
  return code === grpc.deadlineExceeded || code === grpc.cancelled || code === grpc.failedPrecondition;
}

/** Whether the server takes no more questions to one workflow just now: many ask it at once. */
export function isBusy(error: unknown): boolean {
  return grpcCode(error) === grpc.resourceExhausted;
}

/** What TEMPORAL_UNREACHABLE and TEMPORAL_DENIED say where the address is not known. */
export const unnamedAddress = 'the given address';

/**
 * Any error of a call to Temporal as one of our table: the report inside a failed workflow or update, else
 * TEMPORAL_DENIED or TEMPORAL_UNREACHABLE for what the server said, else INTERNAL.
 */
export function asSlipwayError(error: unknown, address = unnamedAddress): SlipwayError {
  if (error instanceof SlipwayError) return error;
  const report = reportInside(error);
  if (report) return new SlipwayError(report.code, report.details, { cause: error });
  const code = grpcCode(error);
  if (code !== undefined) {
    const isDenied = code === grpc.permissionDenied || code === grpc.unauthenticated;
    // Sentences of ours end with a dot of their own.
    const detail = detailOf(error).replace(/\.$/, '');
    return new SlipwayError(
      isDenied ? 'TEMPORAL_DENIED' : 'TEMPORAL_UNREACHABLE',
      { address, detail },
      { cause: error },
    );
  }
  return new SlipwayError('INTERNAL', { detail: detailOf(error) }, { cause: error });
}

/** The report that a workflow or an activity failed with; undefined if it carries none. */
export function reportInside(error: unknown): ErrorReport | undefined {
  const { WorkflowFailedError, WorkflowUpdateFailedError } = temporalClient();
  if (
    error instanceof WorkflowFailedError ||
    error instanceof WorkflowUpdateFailedError ||
    error instanceof ActivityFailure
  ) {
    return reportInside(error.cause);
  }
  if (!(error instanceof ApplicationFailure)) return undefined;
  const report = error.details?.[0] as Partial<ErrorReport> | undefined;
  return isErrorCode(report?.code) ? (report as ErrorReport) : undefined;
}

/** The innermost words of an error, on one line. */
export function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { ServiceError, isGrpcServiceError } = temporalClient();
  if (isGrpcServiceError(error)) return (error.details || error.message).trim();
  if (error instanceof ServiceError && error.cause) return detailOf(error.cause);
  return error.message.split('\n')[0]!.trim();
}
