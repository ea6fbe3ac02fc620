/** The few messages that a synthetic capture holds in full; each is built once per name. */
import { ascii, u16, u32, withLength16 } from './octets.ts';

const cache = new Map<string, Uint8Array>();

function cached(key: string, build: () => number[]): Uint8Array {
  let message = cache.get(key);
  if (!message) {
    message = Uint8Array.from(build());
    cache.set(key, message);
  }
  return message;
}

function domain(name: string): number[] {
  return [...name.split('.').flatMap((label) => [label.length, ...ascii(label)]), 0];
}

/** Query for an A record, or its answer when `address` is not negative. */
export function dnsMessage(id: number, name: string, address: number): Uint8Array {
  const isAnswer = address >= 0;
  const message = cached(`dns ${name} ${address}`, () => [
    ...[0, 0, ...u16(isAnswer ? 0x8180 : 0x0100), ...u16(1), ...u16(isAnswer ? 1 : 0), 0, 0, 0, 0],
    ...[...domain(name), 0, 1, 0, 1],
    ...(isAnswer ? [0xc0, 12, 0, 1, 0, 1, ...u32(300), ...withLength16(u32(address))] : []),
  ]);
  message[0] = id >>> 8;
  message[1] = id & 255;
  return message;
}

/** Unsolicited mDNS response with the address and one service of a host. */
export function mdnsAnnouncement(host: string, address: number): Uint8Array {
  return cached(`mdns ${host}`, () => {
    const service = domain('_http._tcp.local');
    const instance = [host.length, ...ascii(host), ...service];
    return [
      ...[0, 0, 0x84, 0, 0, 0, 0, 2, 0, 0, 0, 0],
      ...[...service, 0, 12, 0, 1, ...u32(4500), ...withLength16(instance)],
      ...[...domain(`${host}.local`), 0, 1, 0x80, 1, ...u32(120), ...withLength16(u32(address))],
    ];
  });
}

export function httpRequest(host: string): Uint8Array {
  return cached(`http ${host}`, () =>
    ascii(`GET / HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: example/1.0\r\nAccept: */*\r\n\r\n`),
  );
}

/** A TLS 1.2 record with a ClientHello that names `host`. */
export function clientHello(host: string): Uint8Array {
  return cached(`tls ${host}`, () => {
    const serverName = withLength16([0, ...withLength16(ascii(host))]);
    const extensions = [
      ...[0, 0, ...withLength16(serverName)],
      ...[0, 10, ...withLength16([0, 4, 0, 29, 0, 23])],
      ...[0, 13, ...withLength16([0, 4, 4, 3, 8, 4])],
      ...[0, 16, ...withLength16(withLength16([2, 0x68, 0x32]))],
      ...[0, 43, 0, 5, 4, 3, 4, 3, 3],
    ];
    const body = [
      ...[3, 3, ...new Array<number>(32).fill(0x5a), 0],
      ...withLength16([0x13, 1, 0x13, 2, 0xc0, 0x2b, 0xc0, 0x2f]),
      ...[1, 0, ...withLength16(extensions)],
    ];
    return [22, 3, 1, ...withLength16([1, 0, ...withLength16(body)])];
  });
}
