import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Report } from '../../src/report/schema.ts';
import { whyNoEbpf } from '../capture/live/why-no-ebpf.ts';
import { COMMAND, lanscope } from '../cli/command.ts';
import { A, B, type Running, type TwoHosts, twoHosts, whyNot, WIRE } from './two-hosts.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanscope-live-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** On B: asks for an address by DHCP with a host name, fetches a page of A, then tries 40 ports of it. */
const TRAFFIC = `
  import dgram from 'node:dgram';
  import net from 'node:net';
  const dhcp = Buffer.alloc(240 + 3 + 14 + 1);
  dhcp.set([1, 1, 6, 0, 1, 2, 3, 4]);
  dhcp.set([${B.mac
    .split(':')
    .map((hex) => `0x${hex}`)
    .join(', ')}], 28);
  dhcp.set([0x63, 0x82, 0x53, 0x63, 53, 1, 1, 12, 12], 236);
  dhcp.write('kitchen-lamp', 245);
  dhcp[257] = 255;
  const socket = dgram.createSocket('udp4');
  await new Promise((done) => socket.bind(68, done));
  socket.setBroadcast(true);
  await new Promise((done) => socket.send(dhcp, 67, '10.77.0.255', done));
  socket.close();
  const connect = (port, text) => new Promise((done) => {
    const client = net.connect({ host: '${A.ip}', port }, () => { if (text === '') client.end(); else client.write(text); });
    client.on('data', () => client.end());
    client.on('error', done);
    client.on('close', done);
  });
  await connect(80, 'GET / HTTP/1.1\\r\\nHost: page.example\\r\\nUser-Agent: test\\r\\n\\r\\n');
  for (let port = 2000; port < 2040; port++) await connect(port, '');
`;

/** On A: answers one request and ends. */
const SERVER = `
  import http from 'node:http';
  const server = http.createServer((request, response) => { response.end('hello'); server.close(); });
  server.listen(80, () => process.stderr.write('serving'));
`;

async function exchange(hosts: TwoHosts): Promise<void> {
  const server = hosts.run('a', process.execPath, '--input-type=module', '-e', SERVER);
  await server.says('serving');
  await hosts.script('b', TRAFFIC);
  await server.ended;
}

async function reportOf(running: Running): Promise<Report> {
  const { code, stdout, stderr } = await running.ended;
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Report;
}

async function analyzed(capture: string): Promise<Report> {
  const { code, stdout, stderr } = await lanscope(['analyze', capture, '--json']);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Report;
}

/** What does not depend on the instant at which a packet was stamped. */
function essence({ devices, findings }: Report) {
  return {
    devices: devices.map(({ id, vendor, addresses, names, identity }) => ({
      id,
      vendor,
      addresses: addresses.map(({ address }) => address),
      names,
      identity,
    })),
    findings: findings.map(({ rule, severity, device, peer }) => ({ rule, severity, device, peer })),
  };
}

const noEbpf = whyNoEbpf();

describe('live capture on a wire', { skip: whyNot('tcpdump') }, () => {
  let hosts: TwoHosts;
  before(() => {
    hosts = twoHosts();
  });
  after(() => hosts.remove());

  for (const backend of ['ebpf', 'libpcap'] as const)
    test(`gives what analyze gives for a recording of the same wire, and for its own: ${backend}`, async (t) => {
      if (backend === 'ebpf' && noEbpf !== false) return t.skip(noEbpf);
      const theirs = join(folder, `tcpdump-${backend}.pcap`);
      const ours = join(folder, `recorded-${backend}.pcapng`);
      const live = hosts.lanscope('a', 'live', '-i', WIRE, '--backend', backend, '--json', '--record', ours);
      // With its usual snap length and buffer tcpdump itself loses packets of a burst.
      const roomy = ['-s', '2048', '-B', '16384'];
      const tcpdump = hosts.run('a', 'tcpdump', '-i', WIRE, '-U', '--immediate-mode', ...roomy, '-w', theirs);
      await Promise.all([live.says('capturing on'), tcpdump.says('listening on')]);
      await exchange(hosts);
      // Both hold back a packet for no longer than this.
      await new Promise((resolve) => setTimeout(resolve, 500));
      tcpdump.signal('SIGINT');
      live.signal('SIGINT');
      const report = await reportOf(live);
      await tcpdump.ended;

      assert.equal(report.complete, true);
      assert.equal(report.input[0]?.format, backend);
      assert.equal(
        report.input[0]?.interfaces[0]?.drops,
        backend === 'ebpf' ? 0 : null,
        'where drops are not known, that is said',
      );
      const lamp = report.devices.find(({ mac }) => mac === B.mac);
      assert.ok(lamp?.names.some(({ name }) => name === 'kitchen-lamp'));
      assert.ok(report.findings.some(({ rule, device }) => rule === 'port-scan' && device === B.mac));

      const recorded = await analyzed(ours);
      for (const part of ['totals', 'score', 'devices', 'findings', 'issues'] as const) {
        assert.deepEqual(report[part], recorded[part], part);
      }
      const reference = await analyzed(theirs);
      assert.equal(report.totals.packets, reference.totals.packets);
      assert.deepEqual(essence(report), essence(reference));
    });

  test('SIGTERM ends it with the report; the report so far is written before', async () => {
    const file = join(folder, 'so-far.json');
    const live = hosts.lanscope('a', 'live', '-i', WIRE, '--json', '-o', file, '--report-every', '1');
    await live.says('capturing on');
    await hosts.script('b', TRAFFIC.replaceAll('2040', '2003'));
    for (let waited = 0; !existsSync(file) && waited < 10_000; waited += 50) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal((JSON.parse(readFileSync(file, 'utf8')) as Report).complete, false);
    live.signal('SIGTERM');
    const report = await reportOf(live);
    assert.equal(report.complete, true);
    assert.equal(report.totals.devices, 2);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), report);
  });

  test('goes on when the interface went down and is up again', async () => {
    const live = hosts.lanscope('a', 'live', '-i', WIRE, '--backend', 'libpcap', '--json');
    await live.says('capturing on');
    hosts.setWire('a', 'down');
    await live.says('went down');
    hosts.setWire('a', 'up');
    await live.says(`capturing on ${WIRE} again`);
    await hosts.script('b', TRAFFIC.replaceAll('2040', '2003'));
    await live.says('new device');
    live.signal('SIGINT');
    const report = await reportOf(live);
    assert.equal(report.totals.devices, 2);
    assert.equal(report.input[0]?.damage, null);
    assert.equal(report.input[0]?.interfaces.length, 2, 'each time that it was opened');
  });

  test('--duration ends it; a silent wire gives an empty report', async () => {
    const report = await reportOf(hosts.lanscope('b', 'live', '-i', 'lo', '--json', '--duration', '0.2'));
    assert.equal(report.totals.packets, 0);
    assert.equal(report.complete, true);
  });

  test('a mirror port without mirrored traffic is told', async () => {
    const live = hosts.lanscope('a', 'live', '-i', WIRE, '--mode', 'span', '--json');
    await live.says('sees what the switch mirrors');
    await hosts.script('b', TRAFFIC.replaceAll('2040', '2150'));
    await live.says('Is mirroring switched on');
    live.signal('SIGINT');
    await reportOf(live);
  });

  test('an interface that is not there, is down, or may not be captured on: one line and exit code 3', async () => {
    const fails = async (running: Running, expected: RegExp): Promise<void> => {
      const { code, stdout, stderr } = await running.ended;
      assert.equal(code, 3, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, expected);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
    };
    await fails(hosts.lanscope('a', 'live', '-i', 'wire9'), /There is no interface wire9/);
    await fails(
      hosts.run('a', 'setpriv', '--bounding-set=-all', '--inh-caps=-all', ...COMMAND, 'live', '-i', WIRE),
      /Capturing on wire0 is not permitted.*setcap/,
    );
    hosts.setWire('a', 'down');
    await fails(hosts.lanscope('a', 'live', '-i', WIRE), /wire0 is down.*ip link set wire0 up/);
    hosts.setWire('a', 'up');
  });

  test('interfaces are listed with their state and addresses', async () => {
    const { stdout } = await hosts.lanscope('b', 'interfaces', '--json').ended;
    const wire = (JSON.parse(stdout) as { name: string }[]).find(({ name }) => name === WIRE);
    assert.deepEqual(wire, { name: WIRE, state: 'up', mac: B.mac, addresses: [B.ip] });
  });
});

test('without the package cap it is said what to install', async () => {
  const without = join(folder, 'without-cap.cjs');
  writeFileSync(
    without,
    `const Module = require('node:module');
     const load = Module._load;
     Module._load = function (name, ...rest) {
       if (name === 'cap') throw Object.assign(new Error("Cannot find module 'cap'"), { code: 'MODULE_NOT_FOUND' });
       return load.call(this, name, ...rest);
     };`,
  );
  const env = { NODE_OPTIONS: `--require ${without}` };
  const { code, stderr } = await lanscope(['live', '-i', 'lo', '--backend', 'libpcap'], { env });
  assert.equal(code, 3, stderr);
  assert.match(
    stderr,
    /^lanscope: Live capture needs the optional package cap.*libpcap-dev.*npm install cap/,
  );
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
});
