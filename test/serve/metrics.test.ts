import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LanscopeError } from '../../src/bytes/error.ts';
import { runLive } from '../../src/serve/live.ts';
import { parseListenAddress } from '../../src/serve/metrics/address.ts';
import { createHealth } from '../../src/serve/metrics/health.ts';
import { createMetrics } from '../../src/serve/metrics/registry.ts';
import { startMetricsServer } from '../../src/serve/metrics/server.ts';
import { FIRST_SECONDS, liveOf, wireBytes } from './memory-wire.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0, isLoopback: true };

async function exposed(): Promise<string> {
  const health = createHealth([]);
  health.opened();
  const metrics = createMetrics({
    version: '1.2.3',
    check: () => health.check(),
    isRecordingPaused: () => false,
  });
  await runLive({
    source: liveOf(wireBytes(300)),
    signal: new AbortController().signal,
    now: () => FIRST_SECONDS + 1,
    probes: [health, metrics],
    version: '1.2.3',
  });
  return (await metrics.exposition()).text;
}

describe('what Prometheus reads', () => {
  let text = '';
  before(async () => {
    text = await exposed();
  });

  test('counts what was analyzed', () => {
    assert.match(text, /^lanscope_build_info\{version="1\.2\.3"\} 1$/m);
    assert.match(text, /^lanscope_packets_total 300$/m);
    assert.match(text, /^lanscope_bytes_total 13800$/m);
    assert.match(text, /^lanscope_flows_total 300$/m);
    assert.match(text, /^lanscope_devices 300$/m);
    assert.match(text, /^lanscope_drops_known 0$/m);
    assert.match(text, /^lanscope_recording 1$/m);
    assert.match(text, /^lanscope_healthy 1$/m);
    assert.match(text, /^lanscope_findings\{rule="[a-z-]+",severity="\w+"\} \d+$/m);
    assert.match(text, /^lanscope_stage_seconds_count\{stage="headers"\} [1-9]/m);
    assert.match(text, /^process_resident_memory_bytes \d+$/m);
    assert.match(text, /^nodejs_eventloop_lag_p99_seconds \d/m);
  });

  test('has few series however many devices there are, and no text of theirs', () => {
    const series = text.split('\n').filter((line) => line.startsWith('lanscope_'));
    assert.ok(series.length < 200, `${series.length} series`);
    assert.doesNotMatch(text, /02:00|192\.168|hostile/);
  });

  test('has every metric that the dashboard asks for', () => {
    const file = join(import.meta.dirname, '../../src/serve/data/grafana-dashboard.json');
    const queries = [...readFileSync(file, 'utf8').matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map(
      ([, expr]) => expr!,
    );
    assert.ok(queries.length > 15);
    const names = queries.flatMap((expr) => expr.match(/\b(?:lanscope|process|nodejs)_\w+/g) ?? []);
    for (const name of new Set(names)) {
      // Issues are there when something was wrong with a packet.
      const type = new RegExp(`^# TYPE ${name.replace(/_(?:bucket|sum|count)$/, '')} `, 'm');
      assert.match(text, type, name);
    }
    const told = [...text.matchAll(/^# TYPE (lanscope_\w+)/gm)].map(([, name]) => name!);
    const unused = told.filter((name) => !names.some((used) => used.startsWith(name)));
    assert.deepEqual(unused, ['lanscope_build_info'], 'that one chooses the instance');
  });
});

test('the address is of this machine unless it says otherwise', () => {
  assert.deepEqual(parseListenAddress('--metrics', '9108'), {
    host: '127.0.0.1',
    port: 9108,
    isLoopback: true,
  });
  assert.equal(parseListenAddress('--metrics', '[::1]:1').isLoopback, true);
  assert.equal(parseListenAddress('--metrics', '0.0.0.0:9108').isLoopback, false);
  for (const bad of [
    '',
    ':9108',
    '127.0.0.1',
    '127.0.0.1:99999',
    'example.org:1',
    '[1.2.3.4]:1',
    '::1:9108',
    '-1',
  ]) {
    assert.throws(() => parseListenAddress('--metrics', bad), LanscopeError, bad);
  }
});

test('/healthz tells why it is not well', () => {
  let nowMs = 0;
  let state = 'up';
  const health = createHealth(
    ['eth0'],
    'record',
    () => nowMs,
    () => state,
  );
  assert.deepEqual(health.check(), { ok: false, text: 'capturing has not begun' });
  health.opened();
  assert.equal(health.check().ok, true, 'a silent wire is healthy');
  state = 'down';
  assert.deepEqual(health.check(), { ok: false, text: 'eth0 is down' });
  state = 'up';
  health.stage!('arrival', 0.1);
  nowMs = 11_000;
  assert.deepEqual(health.check(), { ok: false, text: 'processing stands still for 11 s' });
  health.stage!('analysis', 11);
  assert.equal(health.check().ok, false, 'the disk may be what stands still');
  health.stage!('record', 11);
  assert.equal(health.check().ok, true);
  health.stage!('arrival', 30);
  health.stage!('record', 0.1);
  assert.deepEqual(health.check(), { ok: false, text: 'processing is 30 s behind the wire' });
  nowMs += 10_000;
  assert.equal(health.check().ok, true, 'silent since');
});

describe('the server', () => {
  const notices: string[] = [];
  let health = { ok: true, text: 'ok' };
  const options = {
    exposition: () => Promise.resolve({ contentType: 'text/plain', text: 'a 1\n' }),
    check: () => health,
    onNotice: (text: string) => void notices.push(text),
  };
  const closing: (() => Promise<void>)[] = [];
  after(async () => {
    for (const close of closing) await close();
  });

  test('answers /metrics and /healthz, and nothing else', async () => {
    const server = await startMetricsServer({ ...options, address: LOOPBACK });
    closing.push(() => server.close());
    const url = `http://127.0.0.1:${server.port}`;
    assert.equal(notices.at(-1), `metrics at ${url}/metrics`);
    assert.equal(await (await fetch(`${url}/metrics`)).text(), 'a 1\n');
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    health = { ok: false, text: 'eth0 is down' };
    const answer = await fetch(`${url}/healthz`);
    assert.equal(answer.status, 503);
    assert.equal(await answer.text(), 'eth0 is down\n');
    assert.equal((await fetch(`${url}/../etc/passwd`)).status, 404);
    assert.equal((await fetch(`${url}/metrics`, { method: 'POST', body: 'x' })).status, 405);
  });

  test('clients that never finish asking do not keep others out for long', async () => {
    const server = await startMetricsServer({ ...options, address: LOOPBACK, timeoutMs: 200 });
    closing.push(() => server.close());
    const slow = Array.from({ length: 64 }, (_, i) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        if (i % 2 === 0) socket.write('GET /metrics HTTP/1.1\r\nx-slow: ');
      });
      return socket.on('error', () => {});
    });
    closing.push(() => Promise.resolve(slow.forEach((socket) => socket.destroy())));
    const status = async (): Promise<number> => {
      const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`).catch(() => null);
      return answer?.status ?? 0;
    };
    let last = 0;
    for (let waited = 0; last !== 200 && waited < 5000; waited += 50) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      last = await status();
    }
    assert.equal(last, 200);
  });

  test('says when it is open to others', async () => {
    const address = { host: '0.0.0.0', port: 0, isLoopback: false };
    const server = await startMetricsServer({ ...options, address });
    closing.push(() => server.close());
    assert.match(notices.at(-1)!, /open to whoever reaches this machine$/);
  });

  test('a port in use is told once, and taken when it is free', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const server = await startMetricsServer({ ...options, address: { ...LOOPBACK, port }, retryMs: 20 });
    closing.push(() => server.close());
    assert.equal(
      notices.at(-1),
      `the metrics port 127.0.0.1:${port} is in use by another program; going on without metrics until it can`,
    );
    const before = notices.length;
    await new Promise((resolve) => other.close(resolve));
    for (let waited = 0; notices.length === before && waited < 5000; waited += 10) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(notices.at(-1), `metrics at http://127.0.0.1:${port}/metrics`);
  });
});
