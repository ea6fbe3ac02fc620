import type { HttpRequestObservation, HttpResponseObservation } from '../../protocol/http.ts';
import { FLOW_ID_FIELDS } from './flow-id.ts';
import type { Field, FieldValue } from './value.ts';

/**
 * http.log: the first request of a connection and its answer, as far as the start of each direction is inspected.
 * `uri` is without query values: those are nobody's business.
 */
export const HTTP_FIELDS: readonly Field[] = [
  { name: 'ts', type: 'time' },
  ...FLOW_ID_FIELDS,
  { name: 'trans_depth', type: 'count' },
  { name: 'method', type: 'string' },
  { name: 'host', type: 'string' },
  { name: 'uri', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'user_agent', type: 'string' },
  { name: 'status_code', type: 'count' },
  { name: 'server', type: 'string' },
  { name: 'resp_mime_types', type: 'vector[string]' },
];

export interface Transaction {
  request: HttpRequestObservation | null;
  response: HttpResponseObservation | null;
}

export function newTransaction(): Transaction {
  return { request: null, response: null };
}

export function noteHttp(
  state: Transaction,
  message: HttpRequestObservation | HttpResponseObservation,
): void {
  if (message.kind === 'http-request') state.request ??= message;
  else state.response ??= message;
}

export function httpValues({ request, response }: Transaction): FieldValue[] {
  const version = request?.version ?? response?.version ?? '';
  return [
    1,
    request?.method,
    request?.host || undefined,
    request?.path || undefined,
    version.replace(/^HTTP\//, '') || undefined,
    request?.userAgent || undefined,
    response?.status,
    response?.server || undefined,
    response === null || response.contentType === '' ? undefined : [response.contentType],
  ];
}
