import type { Flows } from '../../flow/flows.ts';
import type { MessageContext } from '../../protocol/decoder.ts';
import type { HttpRequestObservation, HttpResponseObservation } from '../../protocol/http.ts';
import { FLOW_ID_FIELDS, flowIdValues } from './flow-id.ts';
import { type Field, type FieldValue, timeText } from './value.ts';

/**
 * http.log: one row per request with its answer, written when the connection ends, as far as the start of each
 * direction is inspected. `uri` and `referrer` are without query values, and `username`, `password` are never set:
 * those are nobody's business. Body lengths are those that the heads announce. Files are not followed.
 */
export const HTTP_FIELDS: readonly Field[] = [
  { name: 'ts', type: 'time' },
  ...FLOW_ID_FIELDS,
  { name: 'trans_depth', type: 'count' },
  { name: 'method', type: 'string' },
  { name: 'host', type: 'string' },
  { name: 'uri', type: 'string' },
  { name: 'referrer', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'user_agent', type: 'string' },
  { name: 'origin', type: 'string' },
  { name: 'request_body_len', type: 'count' },
  { name: 'response_body_len', type: 'count' },
  { name: 'status_code', type: 'count' },
  { name: 'status_msg', type: 'string' },
  { name: 'info_code', type: 'count' },
  { name: 'info_msg', type: 'string' },
  { name: 'tags', type: 'set[enum]' },
  { name: 'username', type: 'string' },
  { name: 'password', type: 'string' },
  { name: 'proxied', type: 'set[string]' },
  { name: 'orig_fuids', type: 'vector[string]' },
  { name: 'orig_filenames', type: 'vector[string]' },
  { name: 'orig_mime_types', type: 'vector[string]' },
  { name: 'resp_fuids', type: 'vector[string]' },
  { name: 'resp_filenames', type: 'vector[string]' },
  { name: 'resp_mime_types', type: 'vector[string]' },
];

/** Connections with transactions at most; further ones are not logged until some end. */
const MAX_OPEN = 65_536;
/** Transactions of one connection; decoders tell fewer. */
const MAX_TRANSACTIONS = 64;

interface Transaction {
  readonly seconds: number;
  readonly nanos: number;
  readonly request: HttpRequestObservation | null;
  /** Of 100 to 199: said before the answer itself. */
  informational: HttpResponseObservation | null;
  response: HttpResponseObservation | null;
}

export class HttpLogRows {
  readonly #write: (values: readonly FieldValue[]) => void;
  /** By slot, in the order of requests; an answer belongs to the first request that has none. */
  readonly #open = new Map<number, Transaction[]>();

  constructor(write: (values: readonly FieldValue[]) => void) {
    this.#write = write;
  }

  observe(message: HttpRequestObservation | HttpResponseObservation, at: MessageContext): void {
    if (at.flow < 0) return;
    const transactions = this.#open.get(at.flow) ?? [];
    if (transactions.length === 0) {
      if (this.#open.size >= MAX_OPEN) return;
      this.#open.set(at.flow, transactions);
    }
    const isRequest = message.kind === 'http-request';
    let transaction = isRequest ? undefined : transactions.find(({ response }) => response === null);
    if (transaction === undefined) {
      if (transactions.length >= MAX_TRANSACTIONS) return;
      const request = isRequest ? message : null;
      transaction = { seconds: at.seconds, nanos: at.nanos, request, informational: null, response: null };
      transactions.push(transaction);
    }
    if (message.kind === 'http-request') return;
    // 101 is the last thing that is said in HTTP.
    if (message.status < 200 && message.status !== 101) transaction.informational = message;
    else transaction.response = message;
  }

  flowEnd(slot: number, flows: Flows): void {
    const transactions = this.#open.get(slot);
    if (transactions === undefined) return;
    this.#open.delete(slot);
    transactions.forEach((transaction, n) => this.#write(rowOf(transaction, n + 1, flows, slot)));
  }
}

function rowOf(transaction: Transaction, depth: number, flows: Flows, slot: number): FieldValue[] {
  const { seconds, nanos, request, informational, response } = transaction;
  const set = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
  return [
    timeText(seconds, nanos),
    ...flowIdValues(flows, slot),
    depth,
    request?.method,
    set(request?.host),
    set(request?.path),
    set(request?.referrer),
    set(request?.version ?? response?.version),
    set(request?.userAgent),
    set(request?.origin),
    lengthOf(request),
    lengthOf(response),
    response?.status,
    set(response?.reason),
    informational?.status,
    set(informational?.reason),
    [],
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    mimeTypes(request),
    undefined,
    undefined,
    mimeTypes(response),
  ];
}

/** Zeek writes 0 for what was not there; a length that was not announced is unset here. */
function lengthOf(message: { readonly bodyLength: number } | null): number | undefined {
  if (message === null) return 0;
  return message.bodyLength < 0 ? undefined : message.bodyLength;
}

/** What the sender says its body is; Zeek says what the body looks like. */
function mimeTypes(
  message: { readonly contentType: string; readonly bodyLength: number } | null,
): string[] | undefined {
  if (message === null || message.bodyLength === 0) return undefined;
  const type = message.contentType.split(';', 1)[0]!.trim().toLowerCase();
  return type === '' ? undefined : [type];
}
