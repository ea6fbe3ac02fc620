/** Building TLS messages for tests. */
import { be16, bytesOf, counted, type Part, zeros } from './write.ts';

/** `length` as two bytes, then the bytes. */
export function counted16(...parts: readonly Part[]): Uint8Array {
  const inner = bytesOf(...parts);
  return bytesOf(be16(inner.length), inner);
}

export function counted24(...parts: readonly Part[]): Uint8Array {
  const inner = bytesOf(...parts);
  return bytesOf([inner.length >>> 16, (inner.length >>> 8) & 255, inner.length & 255], inner);
}

export function extension(type: number, ...parts: readonly Part[]): Uint8Array {
  return bytesOf(be16(type), counted16(...parts));
}

export function serverName(name: string): Uint8Array {
  return extension(0, counted16(0, counted16(name)));
}

export function alpn(...names: readonly Part[]): Uint8Array {
  return extension(16, counted16(...names.map((name) => counted(name))));
}

/** A handshake message: type, 24-bit length, body. */
export function handshake(type: number, ...parts: readonly Part[]): Uint8Array {
  return bytesOf(type, counted24(...parts));
}

/** Records of at most `size` bytes each. */
export function records(message: Uint8Array, size = 16_384, type = 22): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < message.length; at += size) {
    parts.push(bytesOf([type, 3, 1], counted16(message.subarray(at, at + size))));
  }
  return bytesOf(...parts);
}

export interface HelloParts {
  readonly version?: number;
  readonly cipherSuites?: readonly number[];
  readonly extensions?: readonly Uint8Array[];
  /** DTLS has a cookie. */
  readonly hasCookie?: boolean;
}

export function clientHelloBody(parts: HelloParts = {}): Uint8Array {
  const { version = 0x0303, cipherSuites = [0x1301, 0x1302], extensions = [], hasCookie = false } = parts;
  return bytesOf(
    be16(version),
    zeros(32),
    counted(zeros(32)),
    hasCookie ? [0] : [],
    counted16(...cipherSuites.map(be16)),
    [1, 0],
    extensions.length > 0 ? counted16(...extensions) : [],
  );
}

/** A ClientHello like that of a browser, with GREASE. */
export const BROWSER_HELLO = clientHelloBody({
  cipherSuites: [0x3a3a, 0x1301, 0x1302, 0x1303, 0xc02b],
  extensions: [
    extension(0x1a1a),
    serverName('device.example.com'),
    extension(10, counted16(be16(0x2a2a), be16(29), be16(23))),
    extension(11, counted(0)),
    extension(13, counted16(be16(0x0403), be16(0x0804))),
    alpn('h2', 'http/1.1'),
    extension(43, counted(be16(0x4a4a), be16(0x0304), be16(0x0303))),
    extension(0xfe0d, zeros(8)),
  ],
});

export function serverHelloBody(extensions: readonly Uint8Array[] = [], version = 0x0303): Uint8Array {
  return bytesOf(
    be16(version),
    zeros(32),
    counted(zeros(32)),
    be16(0xc02f),
    0,
    extensions.length > 0 ? counted16(...extensions) : [],
  );
}
