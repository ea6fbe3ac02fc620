import type { FlowTable } from '../../flow/table.ts';
import type { MessageContext } from '../../protocol/decoder.ts';
import type { TlsClientHelloObservation } from '../../protocol/tls-client-hello.ts';
import type { TlsServerHelloObservation } from '../../protocol/tls-server-hello.ts';
import { FLOW_ID_FIELDS, flowIdValues } from './flow-id.ts';
import { cipherSuiteName, tlsVersionName } from './tls-names.ts';
import { type Field, type FieldValue, timeText } from './value.ts';

/**
 * ssl.log: one row per handshake, written when its flow ends. What the decoders do not read (curve, resumption,
 * alerts, whether the handshake completed) is left out or unset rather than guessed.
 */
export const SSL_FIELDS: readonly Field[] = [
  { name: 'ts', type: 'time' },
  ...FLOW_ID_FIELDS,
  { name: 'version', type: 'string' },
  { name: 'cipher', type: 'string' },
  { name: 'server_name', type: 'string' },
  { name: 'next_protocol', type: 'string' },
  { name: 'ssl_history', type: 'string' },
];

/** Handshakes in memory at most; further ones are not logged until some end. */
const MAX_OPEN = 65_536;

interface Handshake {
  readonly seconds: number;
  readonly nanos: number;
  client: TlsClientHelloObservation | null;
  server: TlsServerHelloObservation | null;
  history: string;
}

export class SslLogRows {
  readonly #write: (values: readonly FieldValue[]) => void;
  readonly #open = new Map<number, Handshake>();

  constructor(write: (values: readonly FieldValue[]) => void) {
    this.#write = write;
  }

  observe(hello: TlsClientHelloObservation | TlsServerHelloObservation, at: MessageContext): void {
    if (at.flow < 0 || hello.transport === 'quic') return;
    let handshake = this.#open.get(at.flow);
    if (handshake === undefined) {
      if (this.#open.size >= MAX_OPEN) return;
      handshake = { seconds: at.seconds, nanos: at.nanos, client: null, server: null, history: '' };
      this.#open.set(at.flow, handshake);
    }
    if (hello.kind === 'tls-client-hello') {
      handshake.client ??= hello;
      if (!handshake.history.includes('C')) handshake.history += 'C';
    } else {
      if (!hello.isRetry) handshake.server ??= hello;
      const letter = hello.isRetry ? 'j' : 's';
      if (!handshake.history.includes(letter)) handshake.history += letter;
    }
  }

  flowEnd(slot: number, flows: FlowTable): void {
    const handshake = this.#open.get(slot);
    if (handshake === undefined) return;
    this.#open.delete(slot);
    const { client, server } = handshake;
    this.#write([
      timeText(handshake.seconds, handshake.nanos),
      ...flowIdValues(flows, slot),
      server === null ? undefined : tlsVersionName(server.version),
      server === null ? undefined : cipherSuiteName(server.cipherSuite),
      client?.serverName || undefined,
      server?.alpn || undefined,
      handshake.history,
    ]);
  }
}
