import type { Flows } from '../../flow/flows.ts';
import type { MessageContext } from '../../protocol/decoder.ts';
import type { DnsObservation, DnsRecord } from '../../protocol/dns.ts';
import { queryClassName, queryTypeName, responseCodeName } from './dns-names.ts';
import { FLOW_ID_FIELDS, flowIdValues, transportName } from './flow-id.ts';
import { type Field, type FieldValue, intervalText, timeText } from './value.ts';

/** dns.log: one row per query with its answer; a query without an answer is written when its flow ends. */
export const DNS_FIELDS: readonly Field[] = [
  { name: 'ts', type: 'time' },
  ...FLOW_ID_FIELDS,
  { name: 'proto', type: 'enum' },
  { name: 'trans_id', type: 'count' },
  { name: 'rtt', type: 'interval' },
  { name: 'query', type: 'string' },
  { name: 'qclass', type: 'count' },
  { name: 'qclass_name', type: 'string' },
  { name: 'qtype', type: 'count' },
  { name: 'qtype_name', type: 'string' },
  { name: 'rcode', type: 'count' },
  { name: 'rcode_name', type: 'string' },
  { name: 'AA', type: 'bool' },
  { name: 'TC', type: 'bool' },
  { name: 'RD', type: 'bool' },
  { name: 'RA', type: 'bool' },
  { name: 'Z', type: 'count' },
  { name: 'answers', type: 'vector[string]' },
  { name: 'TTLs', type: 'vector[interval]' },
  { name: 'rejected', type: 'bool' },
];

/** Unanswered queries kept per flow; the oldest is written when there are more. */
const MAX_PENDING_PER_FLOW = 64;

interface Query {
  readonly message: DnsObservation;
  readonly seconds: number;
  readonly nanos: number;
  readonly flowId: readonly FieldValue[];
  readonly proto: string;
}

export class DnsLogRows {
  readonly #write: (values: readonly FieldValue[]) => void;
  /** By slot: unanswered queries in the order in which they came. */
  readonly #pending = new Map<number, Query[]>();

  constructor(write: (values: readonly FieldValue[]) => void) {
    this.#write = write;
  }

  observe(message: DnsObservation, at: MessageContext, flows: Flows): void {
    if (at.flow < 0) return;
    const here: Query = {
      message,
      seconds: at.seconds,
      nanos: at.nanos,
      flowId: flowIdValues(flows, at.flow),
      proto: transportName(flows.ipProtocol[at.flow]!),
    };
    const pending = this.#pending.get(at.flow) ?? [];
    if (message.isResponse) {
      // Multicast answers come unasked and without a transaction id.
      const index = pending.findIndex((query) => query.message.transactionId === message.transactionId);
      const [query] = index >= 0 && message.protocol !== 'mdns' ? pending.splice(index, 1) : [];
      this.#row(query ?? here, message, query === undefined ? undefined : spanOf(query, here));
    } else {
      pending.push(here);
      if (pending.length > MAX_PENDING_PER_FLOW) this.#row(pending.shift()!, null, undefined);
    }
    if (pending.length > 0) this.#pending.set(at.flow, pending);
    else this.#pending.delete(at.flow);
  }

  flowEnd(slot: number): void {
    for (const query of this.#pending.get(slot) ?? []) this.#row(query, null, undefined);
    this.#pending.delete(slot);
  }

  #row(query: Query, answer: DnsObservation | null, rttNanos: number | undefined): void {
    const message = answer ?? query.message;
    const question = query.message.questions[0] ?? answer?.questions[0];
    const answers = answer?.records.filter((record) => record.section === 'answer') ?? [];
    // Multicast answers ask nothing: what they are about is what they name first.
    const name = question?.name ?? answers[0]?.name;
    const flag = (bit: number): boolean => (message.flags & bit) !== 0;
    this.#write([
      timeText(query.seconds, query.nanos),
      ...query.flowId,
      query.proto,
      message.transactionId,
      rttNanos === undefined ? undefined : intervalText(rttNanos),
      name,
      question?.class,
      question === undefined ? undefined : queryClassName(question.class),
      question?.type,
      question === undefined ? undefined : queryTypeName(question.type),
      answer?.rcode,
      answer === null ? undefined : responseCodeName(answer.rcode),
      flag(0x0400),
      flag(0x0200),
      flag(0x0100),
      flag(0x0080),
      (message.flags >>> 4) & 7,
      answers.length === 0 ? undefined : answers.map(answerText),
      answers.length === 0 ? undefined : answers.map((record) => `${record.ttl}.000000`),
      // A reply with nothing in it.
      answer !== null && answer.records.length === 0,
    ]);
  }
}

/** Zeek writes the strings of a text record with their lengths. */
function answerText({ type, value, strings, stringBytes }: DnsRecord): string {
  if (value !== '' || strings.length === 0) return value === '' ? `<unknown type=${type}>` : value;
  return strings.map((text, i) => `TXT ${stringBytes?.[i] ?? Buffer.byteLength(text)} ${text}`).join(' ');
}

function spanOf(from: Query, to: Query): number {
  return (to.seconds - from.seconds) * 1e9 + (to.nanos - from.nanos);
}
