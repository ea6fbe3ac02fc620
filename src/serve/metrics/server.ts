/** Answers `/metrics` and `/healthz` over HTTP. It reads nothing but the request line. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListenAddress } from './address.ts';
import type { Health } from './health.ts';

export interface MetricsServerOptions {
  readonly address: ListenAddress;
  readonly exposition: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly check: () => Health;
  /** Told where it listens, who can reach it, and why it cannot listen now. */
  readonly onNotice: (text: string) => void;
  readonly retryMs?: number;
  readonly timeoutMs?: number;
}

export interface MetricsServer {
  /** The port; 0 while it does not listen. */
  readonly port: number;
  close(): Promise<void>;
}

/** Between two tries to listen: the port may become free. */
const RETRY_MS = 10_000;
const MAX_CONNECTIONS = 16;
/** A client that has not asked within this time, however slowly it speaks, is dropped. */
const TIMEOUT_MS = 5_000;
/** Between two looks at who has been too slow; Node's own half a minute would let sixteen of them keep others out. */
const CHECK_MS = 1_000;
const MAX_HEADER_BYTES = 8192;

/** Never rejects: without a port the run goes on, which is told, and listening is tried again. */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { address, onNotice, timeoutMs = TIMEOUT_MS } = options;
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: timeoutMs,
      headersTimeout: timeoutMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, timeoutMs),
    },
    (request, response) => {
      answer(request, response, options).catch(() => response.destroy());
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.keepAliveTimeout = timeoutMs;
  // Who asks and does not read.
  server.timeout = timeoutMs;
  let retry: NodeJS.Timeout | undefined;
  let isTold = false;

  const listen = (): Promise<void> =>
    new Promise((resolve) => {
      const failed = (error: NodeJS.ErrnoException): void => {
        if (!isTold) onNotice(`${problem(address, error)}; going on without metrics until it can`);
        isTold = true;
        retry = setTimeout(() => void listen(), options.retryMs ?? RETRY_MS);
        retry.unref();
        resolve();
      };
      server.once('error', failed);
      server.listen(address.port, address.host, () => {
        server.off('error', failed);
        // Not worth the run: a client that breaks off is dropped by Node itself.
        server.on('error', () => {});
        const { port } = server.address() as AddressInfo;
        const open = address.isLoopback ? '' : ', which is open to whoever reaches this machine';
        onNotice(`metrics at http://${urlHost(address.host)}:${port}/metrics${open}`);
        resolve();
      });
    });
  await listen();
  return {
    get port() {
      return (server.address() as AddressInfo | null)?.port ?? 0;
    },
    close() {
      clearTimeout(retry);
      if (!server.listening) return Promise.resolve();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  { exposition, check }: MetricsServerOptions,
): Promise<void> {
  const send = (status: number, contentType: string, text: string): void => {
    response.writeHead(status, {
      'content-type': contentType,
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(method === 'HEAD' ? undefined : text);
  };
  const plain = (status: number, text: string): void =>
    send(status, 'text/plain; charset=utf-8', `${text}\n`);
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET and HEAD');
  const path = url?.split('?', 1)[0];
  if (path === '/metrics') {
    const { contentType, text } = await exposition();
    send(200, contentType, text);
  } else if (path === '/healthz') {
    const { ok, text } = check();
    plain(ok ? 200 : 503, text);
  } else plain(404, 'there are /metrics and /healthz');
}

function problem({ host, port }: ListenAddress, { code }: NodeJS.ErrnoException): string {
  const place = `${urlHost(host)}:${port}`;
  if (code === 'EADDRINUSE') return `the metrics port ${place} is in use by another program`;
  if (code === 'EACCES') return `listening on ${place} is not permitted`;
  if (code === 'EADDRNOTAVAIL') return `${host} is no address of this machine`;
  return `metrics cannot be offered at ${place}: ${code}`;
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
