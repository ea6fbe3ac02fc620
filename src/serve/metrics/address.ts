import { isIP } from 'node:net';
import { LanscopeError } from '../../bytes/error.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** Only programs of this machine reach it. */
  readonly isLoopback: boolean;
}

/** `PORT` (of 127.0.0.1), `HOST:PORT` or `[v6]:PORT`; the host is an IP address or localhost. USAGE. */
export function parseListenAddress(option: string, text: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]:|([^:]*):)?(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '127.0.0.1';
  const port = Number(digits);
  const isHost = bracketed === undefined ? isIP(host) === 4 || host === 'localhost' : isIP(host) === 6;
  if (digits === undefined || port > 65_535 || !isHost) {
    throw new LanscopeError(
      'USAGE',
      `${option} '${text}' is no address to listen on`,
      'Write it as 127.0.0.1:9108, [::1]:9108 or 9108; 0.0.0.0:9108 is open to the network',
    );
  }
  return { host, port, isLoopback: host === 'localhost' || host === '::1' || host.startsWith('127.') };
}
