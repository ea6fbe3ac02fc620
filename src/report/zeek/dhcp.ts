import { formatIpv4, formatMac } from '../../bytes/address.ts';
import type { Flows } from '../../flow/flows.ts';
import type { MessageContext } from '../../protocol/decoder.ts';
import type { Dhcpv4Observation } from '../../protocol/dhcpv4.ts';
import { flowUid } from '../../flow/uid.ts';
import { type Field, type FieldValue, intervalText, timeText } from './value.ts';

/** dhcp.log: one row per transaction (DISCOVER to ACK). */
export const DHCP_FIELDS: readonly Field[] = [
  { name: 'ts', type: 'time' },
  { name: 'uids', type: 'set[string]' },
  { name: 'client_addr', type: 'addr' },
  { name: 'server_addr', type: 'addr' },
  { name: 'mac', type: 'string' },
  { name: 'host_name', type: 'string' },
  { name: 'client_fqdn', type: 'string' },
  { name: 'domain', type: 'string' },
  { name: 'requested_addr', type: 'addr' },
  { name: 'assigned_addr', type: 'addr' },
  { name: 'lease_time', type: 'interval' },
  { name: 'client_message', type: 'string' },
  { name: 'server_message', type: 'string' },
  { name: 'msg_types', type: 'vector[string]' },
  { name: 'duration', type: 'interval' },
];

const MESSAGE_TYPES: Readonly<Record<number, string>> = {
  1: 'DISCOVER',
  2: 'OFFER',
  3: 'REQUEST',
  4: 'DECLINE',
  5: 'ACK',
  6: 'NAK',
  7: 'RELEASE',
  8: 'INFORM',
  9: 'FORCERENEW',
  10: 'LEASEQUERY',
  11: 'LEASEUNASSIGNED',
  12: 'LEASEUNKNOWN',
  13: 'LEASEACTIVE',
};

/** A transaction is written when it ends (ACK, NAK), or when it is this old and another message comes. */
const MAX_AGE_SECONDS = 30;
/** Transactions open at most; the oldest is written when there are more. */
const MAX_OPEN = 1024;
const MAX_MESSAGES = 32;
const ACK = 5;
const NAK = 6;

interface Transaction {
  readonly seconds: number;
  readonly nanos: number;
  lastSeconds: number;
  lastNanos: number;
  readonly uids: string[];
  readonly types: string[];
  clientIp: number;
  serverIp: number;
  mac: string;
  hostName: string;
  fqdn: string;
  domain: string;
  requestedIp: number;
  assignedIp: number;
  lease: number;
}

export class DhcpLogRows {
  readonly #write: (values: readonly FieldValue[]) => void;
  readonly #open = new Map<number, Transaction>();

  constructor(write: (values: readonly FieldValue[]) => void) {
    this.#write = write;
  }

  observe(message: Dhcpv4Observation, at: MessageContext, flows: Flows): void {
    for (const [id, transaction] of this.#open) {
      const isFull = this.#open.size >= MAX_OPEN && !this.#open.has(message.transactionId);
      if (!isFull && at.seconds - transaction.seconds <= MAX_AGE_SECONDS) break;
      this.#close(id, transaction);
    }
    const transaction = this.#open.get(message.transactionId) ?? newTransaction(at);
    this.#open.set(message.transactionId, transaction);
    transaction.lastSeconds = at.seconds;
    transaction.lastNanos = at.nanos;
    const uid = at.flow < 0 ? undefined : flowUid(flows, at.flow);
    if (uid !== undefined && !transaction.uids.includes(uid) && transaction.uids.length < MAX_MESSAGES) {
      transaction.uids.push(uid);
    }
    if (transaction.types.length < MAX_MESSAGES) {
      transaction.types.push(MESSAGE_TYPES[message.messageType] ?? `type-${message.messageType}`);
    }
    transaction.mac ||= formatMac(message.clientMac);
    transaction.clientIp ||= message.clientIp;
    transaction.requestedIp ||= message.requestedIp;
    transaction.serverIp ||= message.serverIdentifier;
    if (message.op === 1) {
      transaction.hostName ||= message.hostName;
      transaction.fqdn ||= message.clientFqdn;
    } else {
      transaction.domain ||= message.domainName;
      transaction.assignedIp ||= message.yourIp;
      transaction.lease ||= message.leaseSeconds;
    }
    if (message.messageType === ACK || message.messageType === NAK) {
      this.#close(message.transactionId, transaction);
    }
  }

  end(): void {
    for (const [id, transaction] of this.#open) this.#close(id, transaction);
  }

  #close(id: number, transaction: Transaction): void {
    this.#open.delete(id);
    const nanos =
      (transaction.lastSeconds - transaction.seconds) * 1e9 + (transaction.lastNanos - transaction.nanos);
    this.#write([
      timeText(transaction.seconds, transaction.nanos),
      transaction.uids,
      addressOrUnset(transaction.clientIp || transaction.assignedIp),
      addressOrUnset(transaction.serverIp),
      transaction.mac,
      transaction.hostName || undefined,
      transaction.fqdn || undefined,
      transaction.domain || undefined,
      addressOrUnset(transaction.requestedIp),
      addressOrUnset(transaction.assignedIp),
      transaction.lease === 0 ? undefined : `${transaction.lease}.000000`,
      undefined,
      undefined,
      transaction.types,
      intervalText(nanos),
    ]);
  }
}

function newTransaction(at: MessageContext): Transaction {
  return {
    seconds: at.seconds,
    nanos: at.nanos,
    lastSeconds: at.seconds,
    lastNanos: at.nanos,
    uids: [],
    types: [],
    clientIp: 0,
    serverIp: 0,
    mac: '',
    hostName: '',
    fqdn: '',
    domain: '',
    requestedIp: 0,
    assignedIp: 0,
    lease: 0,
  };
}

function addressOrUnset(word: number): string | undefined {
  return word === 0 ? undefined : formatIpv4(word);
}
