/** Fetching from a server that is slow, resets connections, serves wrong bytes, and knows ranges or not. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { download } from '../../src/harness/fetch/download.ts';
import { fetchFiles } from '../../src/harness/fetch/fetch-corpus.ts';
import type { Manifest } from '../../src/harness/manifest.ts';
import { lockStore } from '../../src/store/lock.ts';
import { COMMAND, ROOT } from '../cli/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanscope-fetch-'));
after(() => rmSync(folder, { recursive: true }));

const BODY = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 31 + (i >> 8)) & 255));
const SHA256 = createHash('sha256').update(BODY).digest('hex');
/** A machine that is busy is silent for a while too: patient where a stalled server is not the matter. */
const TIMING = { stallMs: 20_000, retryMs: 1 };
const IMPATIENT = { stallMs: 150, retryMs: 1 };

/** How a server treats request number `n`. */
interface Behaviour {
  readonly ranges?: boolean;
  readonly etag?: (n: number) => string;
  readonly body?: (n: number) => Buffer;
  /** Bytes after which the connection is cut; undefined for none. */
  readonly cutAfter?: (n: number) => number | undefined;
  /** Stops sending after the bytes, and keeps the connection. */
  readonly stallAfter?: (n: number) => number | undefined;
  readonly status?: (n: number) => number | undefined;
  /** More headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes that are sent are not counted beforehand, and go on without an end. */
  readonly endless?: boolean;
}

interface Served {
  readonly url: string;
  readonly ranges: (string | undefined)[];
  close(): void;
}

async function serve(behaviour: Behaviour): Promise<Served> {
  const ranges: (string | undefined)[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const n = ranges.push(request.headers.range) - 1;
    const status = behaviour.status?.(n);
    if (status !== undefined) {
      response.writeHead(status, behaviour.headers).end();
      return;
    }
    const body = behaviour.body?.(n) ?? BODY;
    const etag = behaviour.etag?.(n) ?? '"v1"';
    let from = 0;
    const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const current = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
    const headers: Record<string, string> = etag === '' ? {} : { etag };
    if (behaviour.ranges !== false && asked !== undefined && current) {
      from = Number(asked);
      if (from >= body.length) {
        response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
        return;
      }
      headers['content-range'] = `bytes ${from}-${body.length - 1}/${body.length}`;
    }
    Object.assign(headers, behaviour.headers);
    if (behaviour.endless === true) {
      const more = (): void => {
        while (response.write(body));
      };
      more();
      response.on('drain', more);
      return;
    }
    headers['content-length'] = String(body.length - from);
    response.writeHead(from > 0 ? 206 : 200, headers);
    const cut = behaviour.cutAfter?.(n);
    const stall = behaviour.stallAfter?.(n);
    // The pause lets the other side take what was sent: a stream that fails drops what it still holds.
    if (cut !== undefined) {
      response.write(body.subarray(from, from + cut), () => setTimeout(() => response.destroy(), 20));
    } else if (stall !== undefined) response.write(body.subarray(from, from + stall));
    else response.end(body.subarray(from));
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    ranges,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

let files = 0;
async function fetchFrom(behaviour: Behaviour, expected: { bytes?: number; sha256?: string } = {}) {
  const server = await serve(behaviour);
  const path = join(folder, `file-${files++}`);
  const timing = behaviour.stallAfter === undefined ? TIMING : IMPATIENT;
  try {
    const got = await download({ url: `${server.url}x.pcap`, path, ...expected, ...timing });
    assert.ok(!existsSync(`${path}.part`) && !existsSync(`${path}.part.json`));
    return { got, content: readFileSync(path), ranges: server.ranges, path };
  } finally {
    server.close();
  }
}

describe('a download', () => {
  test('of a well-behaved server', async () => {
    const { got, content, ranges } = await fetchFrom({}, { bytes: BODY.length, sha256: SHA256 });
    assert.deepEqual(got, { bytes: BODY.length, sha256: SHA256 });
    assert.ok(content.equals(BODY));
    assert.deepEqual(ranges, [undefined]);
  });

  test('goes on after resets, without fetching anything twice', async () => {
    const { content, ranges } = await fetchFrom({ cutAfter: (n) => (n < 5 ? 30_000 : undefined) });
    assert.ok(content.equals(BODY));
    const starts = ranges.map((range) => Number(range?.slice('bytes='.length, -1) ?? 0));
    assert.ok(starts.length >= 6);
    for (let i = 1; i < starts.length; i++) assert.ok(starts[i]! >= starts[i - 1]!, 'never backwards');
    assert.ok(starts.at(-1)! > 0);
  });

  test('begins again where the server knows no ranges', async () => {
    const { content, ranges } = await fetchFrom({
      ranges: false,
      cutAfter: (n) => (n === 0 ? 50_000 : undefined),
    });
    assert.ok(content.equals(BODY));
    assert.equal(ranges.length, 2);
  });

  test('gives up a connection that went silent, and goes on', async () => {
    const { content } = await fetchFrom({ stallAfter: (n) => (n === 0 ? 70_000 : undefined) });
    assert.ok(content.equals(BODY));
  });

  test('waits out errors of the server', async () => {
    const { content } = await fetchFrom({ status: (n) => (n < 3 ? [503, 429, 500][n] : undefined) });
    assert.ok(content.equals(BODY));
  });

  test('does not join halves of two versions', async () => {
    const other = Buffer.from(BODY).reverse();
    const { content } = await fetchFrom({
      etag: (n) => (n === 0 ? '"v1"' : '"v2"'),
      body: (n) => (n === 0 ? BODY : other),
      cutAfter: (n) => (n === 0 ? 50_000 : undefined),
    });
    assert.ok(content.equals(other));
  });

  test('without a validator begins again, for nobody could tell', async () => {
    const { ranges } = await fetchFrom({ etag: () => '', cutAfter: (n) => (n === 0 ? 50_000 : undefined) });
    assert.deepEqual(ranges, [undefined, undefined]);
  });

  test('takes what is complete but not yet named', async () => {
    const server = await serve({});
    const path = join(folder, 'complete');
    writeFileSync(`${path}.part`, BODY);
    writeFileSync(`${path}.part.json`, JSON.stringify({ validator: '"v1"' }));
    await download({ url: server.url, path, ...TIMING });
    server.close();
    assert.ok(readFileSync(path).equals(BODY));
    assert.deepEqual(server.ranges, [`bytes=${BODY.length}-`]);
  });

  for (const [what, behaviour, expected, reason] of [
    ['wrong bytes', { body: () => Buffer.alloc(BODY.length) }, { sha256: SHA256 }, /SHA-256/],
    ['another size', {}, { bytes: 5 }, /200000 bytes where 5/],
    ['a missing file', { status: () => 404 }, {}, /HTTP status 404/],
    ['an endless body', { endless: true }, { bytes: BODY.length }, /sends more than 200000 bytes/],
    [
      'an encoded body, which may be a bomb',
      { headers: { 'content-encoding': 'gzip' } },
      {},
      /sends it encoded \(gzip\)/,
    ],
    [
      'wrong bytes, cut on their way',
      { body: () => Buffer.alloc(BODY.length), cutAfter: (n: number) => (n % 2 === 0 ? 50_000 : undefined) },
      { sha256: SHA256 },
      /SHA-256/,
    ],
    ['a server that never works', { status: () => 503 }, {}, /HTTP status 503/],
    ['a server that only resets', { cutAfter: () => 0 }, {}, /./],
  ] as const) {
    test(`${what}: refused, and no file appears`, async () => {
      await assert.rejects(fetchFrom(behaviour, expected), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'FETCH_FAILED');
        assert.match(error.message, reason);
        return true;
      });
      assert.ok(!existsSync(join(folder, `file-${files - 1}`)));
    });
  }
});

test('a server that redirects in a circle is asked once, and nobody is told to try again', async () => {
  const circle = await serve({ status: () => 302, headers: { location: '/again' } });
  const { url } = circle;
  const [result] = await fetchFiles(
    { manifest: 1, name: 'circle', title: '', baseUrl: url, cases: [] },
    [{ path: 'capture.pcap' }],
    { folder: join(folder, 'circle'), parallel: 1, timing: TIMING },
  );
  assert.equal(result?.status, 'failed');
  assert.match(result.reason, /redirects again and again/);
  assert.equal(result.mayGoOn, false);
  // As many as one attempt follows.
  assert.ok(circle.ranges.length <= 25, String(circle.ranges.length));
  circle.close();
});

describe('a corpus', () => {
  const manifest = (url: string): Manifest => ({
    manifest: 1,
    name: 'x',
    title: 'x',
    baseUrl: url,
    cases: [1, 2, 3].map((i) => ({ name: `c${i}`, capture: { path: `c${i}/a b.pcap`, sha256: SHA256 } })),
  });
  const wanted = (of: Manifest) => of.cases!.map(({ capture }) => capture);

  test('is fetched several files at once, locked, and not fetched again', async () => {
    const server = await serve({ cutAfter: (n) => (n % 3 === 1 ? 90_000 : undefined) });
    const to = join(folder, 'corpus');
    const options = { folder: to, parallel: 3, timing: TIMING };
    const of = manifest(server.url);
    const first = await fetchFiles(of, wanted(of), options);
    assert.deepEqual(
      first.map(({ status }) => status),
      ['fetched', 'fetched', 'fetched'],
    );
    const lock = JSON.parse(readFileSync(join(to, 'lanscope.lock.json'), 'utf8')) as { files: object };
    assert.deepEqual(Object.keys(lock.files), ['c1/a b.pcap', 'c2/a b.pcap', 'c3/a b.pcap']);
    const requests = server.ranges.length;
    const second = await fetchFiles(of, wanted(of), options);
    assert.ok(second.every(({ status }) => status === 'present'));
    assert.equal(server.ranges.length, requests);
    server.close();
  });

  test('holds to the checksum of the first time where the manifest states none', async () => {
    const to = join(folder, 'first-seen');
    let body = BODY;
    const server = await serve({ body: () => body });
    const of: Manifest = { ...manifest(server.url), cases: [{ name: 'c', capture: { path: 'c.pcap' } }] };
    const options = { folder: to, parallel: 1, timing: TIMING };
    assert.equal((await fetchFiles(of, wanted(of), options))[0]!.status, 'fetched');
    rmSync(join(to, 'c.pcap'));
    body = Buffer.from(BODY).reverse();
    const [again] = await fetchFiles(of, wanted(of), options);
    assert.equal(again!.status, 'failed');
    assert.match(again!.reason, /SHA-256/);
    server.close();
  });

  test('that names a file twice fetches it once', async () => {
    const server = await serve({});
    const of = manifest(server.url);
    const twice = [...wanted(of), ...wanted(of)];
    const results = await fetchFiles(of, twice, {
      folder: join(folder, 'twice'),
      parallel: 6,
      timing: TIMING,
    });
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fetched', 'fetched', 'fetched'],
    );
    assert.equal(server.ranges.length, 3);
    server.close();
  });

  test('with addresses that are none, or a folder in the place of a file: told, and nothing is asked for', async () => {
    const of = (url: string | undefined, baseUrl: string | undefined): Manifest => ({
      manifest: 1,
      name: 'x',
      title: 'x',
      ...(baseUrl === undefined ? {} : { baseUrl }),
      cases: [{ name: 'c', capture: { path: 'c.pcap', ...(url === undefined ? {} : { url }) } }],
    });
    const to = join(folder, 'nowhere');
    const options = { folder: to, parallel: 1, timing: TIMING };
    for (const url of ['file:///etc/hostname', 'data:,x', 'ftp://127.0.0.1/x', 'x', '']) {
      const [result] = await fetchFiles(of(url, undefined), wanted(of(url, undefined)), options);
      assert.equal(result!.status, 'failed', url);
      assert.match(result!.reason, /is no address of a web server/);
    }
    const mirrored = of(undefined, 'http://127.0.0.1/');
    const [result] = await fetchFiles(mirrored, wanted(mirrored), { ...options, mirror: 'captures' });
    assert.match(result!.reason, /captures is no address of a web server/);
    mkdirSync(join(to, 'c.pcap'));
    const [taken] = await fetchFiles(mirrored, wanted(mirrored), options);
    assert.match(taken!.reason, /is no file/);
  });

  test('killed at any time: the next run goes on from there', async () => {
    // Slow on purpose, so that there is a time to be killed in.
    let slow = true;
    const server = await serve({ stallAfter: () => (slow ? 60_000 : undefined) });
    const to = join(folder, 'killed');
    const path = join(folder, 'killed.json');
    writeFileSync(
      path,
      JSON.stringify({ ...manifest(server.url), cases: manifest(server.url).cases!.slice(0, 1) }),
    );
    const [program, ...first] = COMMAND;
    const args = [...first, 'corpus', 'fetch', path, '--to', to];
    const child = spawn(program, args, { cwd: ROOT, stdio: 'ignore' });
    const part = join(to, 'c1/a b.pcap.part');
    for (let i = 0; i < 1000 && (statSync(part, { throwIfNoEntry: false })?.size ?? 0) < 60_000; i++)
      await sleep(50);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    assert.equal(statSync(part).size, 60_000);
    // What is held by a process that lives is left alone; what a killed one held is not.
    const unlock = await lockStore(join(to, 'lanscope.fetch'));
    const beside = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
    const refusal = await text(beside.stderr);
    assert.match(refusal, new RegExp(`is being written by process ${process.pid} `));
    await unlock();
    assert.deepEqual(server.ranges, [undefined]);
    slow = false;
    const again = spawn(program, args, { cwd: ROOT, stdio: 'ignore' });
    assert.equal(await new Promise((resolve) => again.once('exit', resolve)), 0);
    assert.ok(readFileSync(join(to, 'c1/a b.pcap')).equals(BODY));
    assert.deepEqual(server.ranges, [undefined, 'bytes=60000-']);
    server.close();
  });
});
