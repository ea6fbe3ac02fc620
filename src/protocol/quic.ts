/**
 * QUIC versions 1 and 2 and the last drafts (RFC 9000, 9001, 9369): the client's Initial packets are decrypted and their
 * CRYPTO frames joined until the ClientHello is whole. Other versions and Google QUIC are recognised only. Ignored on
 * purpose: the server's side, 0-RTT and everything behind it, which needs keys that only the ends have.
 *
 * State: one entry for each of the last `MAX_CONNECTIONS` flows, with keys and at most `MAX_CRYPTO_BYTES`. A client keeps
 * its first keys when the server gives it another connection id, so they are tried first; a flow slot that was used
 * before shows itself by keys that do not fit.
 */
import { u24 } from '../bytes/endian.ts';
import { Cursor } from '../bytes/cursor.ts';
import { ISSUE } from '../packet/issue.ts';
import type { DecodeResult, MessageContext, MessageDecoder, MessageSink } from './decoder.ts';
import { CryptoStream } from './quic-crypto-stream.ts';
import { deriveClientKeys, type InitialKeys, openInitial, QUIC_VERSIONS } from './quic-keys.ts';
import { isGoogleQuic, type LongHeader, readLongHeader, readVarint } from './quic-packet.ts';
import { HANDSHAKE } from './tls.ts';
import { decodeClientHello } from './tls-client-hello.ts';

const MAX_CONNECTIONS = 1024;
/** Packets of one datagram that are looked at. */
const MAX_COALESCED = 8;
/** Frames of one packet that are looked at, padding apart. */
const MAX_FRAMES = 512;
const MAX_ACK_RANGES = 256;
const FRAME = { padding: 0, ping: 1, ack: 2, ackEcn: 3, crypto: 6 } as const;

interface Connection {
  readonly keys: InitialKeys;
  readonly stream: CryptoStream;
  /** The ClientHello was observed, or can not be. */
  isDone: boolean;
}

type Connections = Map<number, Connection>;

function decodeDatagram(
  connections: Connections,
  bytes: Uint8Array,
  start: number,
  end: number,
  context: MessageContext,
  sink: MessageSink,
): DecodeResult {
  const cursor = new Cursor(bytes, start, end);
  let result: DecodeResult = isGoogleQuic(bytes, start, end) ? 'done' : 'foreign';
  for (let count = 0; count < MAX_COALESCED && cursor.remaining > 0; count++) {
    const header = readLongHeader(cursor);
    if (header === null) break;
    if (result === 'foreign') result = 'done';
    const parameters = QUIC_VERSIONS.get(header.version);
    if (parameters === undefined) break;
    const isInitial = header.type === parameters.initialType;
    if (isInitial) cursor.skip(readVarint(cursor));
    const length = readVarint(cursor);
    const numberOffset = cursor.take(length);
    if (!cursor.ok) break;
    if (!isInitial || !context.fromOriginator) continue;
    const opened = open(connections, bytes, header, numberOffset, cursor.offset, context.flow);
    if (opened === null || opened.connection.isDone) continue;
    if (!readFrames(opened.plain, opened.connection.stream)) {
      sink.issue(ISSUE['message/quic-malformed'], header.start - start, length, length);
      opened.connection.isDone = true;
      return 'done';
    }
    result = readHello(opened.connection, sink);
  }
  return result;
}

/** Decrypts with the keys of the flow, or else with those of the packet's own connection id. */
function open(
  connections: Connections,
  bytes: Uint8Array,
  header: LongHeader,
  numberOffset: number,
  end: number,
  flow: number,
): { plain: Buffer; connection: Connection } | null {
  const known = connections.get(flow);
  if (known !== undefined) {
    const plain = openInitial(known.keys, bytes, header.start, numberOffset, end);
    if (plain !== null) return { plain, connection: known };
  }
  const id = bytes.subarray(header.destinationIdStart, header.destinationIdEnd);
  const keys = deriveClientKeys(QUIC_VERSIONS.get(header.version)!, id);
  const plain = openInitial(keys, bytes, header.start, numberOffset, end);
  if (plain === null) return null;
  const connection: Connection = { keys, stream: new CryptoStream(), isDone: false };
  connections.delete(flow);
  if (connections.size >= MAX_CONNECTIONS) connections.delete(connections.keys().next().value!);
  connections.set(flow, connection);
  return { plain, connection };
}

/** Collects CRYPTO frames; false when a frame is malformed. Frames that an Initial can not have end the reading. */
function readFrames(plain: Uint8Array, stream: CryptoStream): boolean {
  const cursor = new Cursor(plain);
  for (let count = 0; count < MAX_FRAMES; count++) {
    while (cursor.remaining > 0 && plain[cursor.offset] === FRAME.padding) cursor.skip(1);
    if (cursor.remaining === 0) return true;
    const type = cursor.readU8();
    if (type === FRAME.crypto) {
      const offset = readVarint(cursor);
      const length = readVarint(cursor);
      const at = cursor.take(length);
      if (cursor.ok) stream.write(offset, plain, at, length);
    } else if (type === FRAME.ack || type === FRAME.ackEcn) skipAck(cursor, type);
    else if (type !== FRAME.ping) return true;
    if (!cursor.ok) return false;
  }
  return true;
}

function skipAck(cursor: Cursor, type: number): void {
  readVarint(cursor);
  readVarint(cursor);
  const ranges = readVarint(cursor);
  readVarint(cursor);
  for (let i = 0; i < Math.min(ranges, MAX_ACK_RANGES) * 2; i++) readVarint(cursor);
  if (type === FRAME.ackEcn) for (let i = 0; i < 3; i++) readVarint(cursor);
}

function readHello(connection: Connection, sink: MessageSink): DecodeResult {
  const { bytes, whole } = connection.stream;
  if (whole < 4) return 'incomplete';
  const end = 4 + u24(bytes, 1);
  if (bytes[0] !== HANDSHAKE.clientHello) {
    connection.isDone = true;
    return 'done';
  }
  if (end > whole) return 'incomplete';
  connection.isDone = true;
  const hello = decodeClientHello(bytes, 4, end, 'quic');
  if (hello !== null) sink.observe(hello);
  if (!hello?.isWhole) sink.issue(ISSUE['message/tls-malformed'], 0, end, whole);
  return 'done';
}

function isQuicStart(bytes: Uint8Array, start: number, end: number): boolean {
  return readLongHeader(new Cursor(bytes, start, end)) !== null || isGoogleQuic(bytes, start, end);
}

const BASE = {
  name: 'quic',
  triggers: [{ kind: 'udp', ports: [443, 80, 853, 784, 8443] }],
  scope: 'start',
  probe: isQuicStart,
} as const satisfies Omit<MessageDecoder, 'decode'>;

function createQuicDecoder(): MessageDecoder {
  const connections: Connections = new Map();
  return {
    ...BASE,
    decode: (bytes, start, end, context, sink) =>
      decodeDatagram(connections, bytes, start, end, context, sink),
  };
}

/** Without `create` each datagram is looked at by itself. */
export const quicDecoder: MessageDecoder = {
  ...BASE,
  decode: (bytes, start, end, context, sink) => decodeDatagram(new Map(), bytes, start, end, context, sink),
  create: createQuicDecoder,
};
