/** What eBPF needs and what it leaves behind. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { EbpfCapture } from '../../../src/capture/live/ebpf/ebpf-capture.ts';
import { bind } from '../../../src/capture/live/ebpf/koffi.ts';
import { ERRNO, SystemError } from '../../../src/capture/live/ebpf/libc.ts';
import { attachError } from '../../../src/capture/live/ebpf/links.ts';
import { newSourceInfo } from '../../../src/capture/source.ts';
import { enterOwnNetwork, ifindexOf, makeWire, removeWires } from './own-network.ts';
import { whyNoEbpf } from './why-no-ebpf.ts';

function whyNot(): string | false {
  const reason = whyNoEbpf() || enterOwnNetwork();
  if (reason !== false) return reason;
  return spawnSync('tc', ['-V']).error === undefined ? false : 'needs tc';
}

const OPTIONS = { kernelBufferBytes: 1 << 16, onNotice: () => {} };
const HOLDER = ['--import', import.meta.resolve('tsx'), new URL('hold-capture.ts', import.meta.url).pathname];

describe('eBPF and its surroundings', { skip: whyNot() }, () => {
  before(() => makeWire('wire0', 'far0'));
  after(removeWires);

  test('without libbpf or without the right it says what is missing', () => {
    assert.throws(
      () => new EbpfCapture(['wire0'], newSourceInfo(''), { ...OPTIONS, library: 'libbpf.so.none' }),
      {
        code: 'COMPONENT_MISSING',
        message: /libbpf\.so\.none, which was not found/,
        hint: /apt-get install libbpf1/,
      },
    );
    const { status, stderr } = spawnSync(
      'setpriv',
      ['--bounding-set=-all', '--inh-caps=-all', process.execPath, ...HOLDER, 'links'],
      { encoding: 'utf8' },
    );
    assert.notEqual(status, 0);
    assert.match(stderr, /Loading BPF programs is not permitted/);
  });

  test('what cannot be attached is told as what it is', () => {
    const code = (errno: number) => attachError('wire0', new SystemError('attaching', errno)).code;
    assert.equal(code(ERRNO.ENODEV), 'NO_SUCH_INTERFACE');
    assert.equal(code(ERRNO.EPERM), 'NO_PERMISSION');
    assert.equal(code(ERRNO.EINVAL), 'COMPONENT_MISSING', 'and libpcap is tried');
  });

  for (const [way, how] of [
    ['links', /TCX/],
    ['filters', /^TC,/],
  ] as const) {
    test(`a process that is killed leaves nothing that captures: ${way}`, async (t) => {
      const holder = spawn(process.execPath, [...HOLDER, way], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [said] = (await once(holder.stdout, 'data')) as [Buffer];
      if (way === 'links' && /^TC,/.test(said.toString())) {
        holder.kill('SIGKILL');
        return t.skip('needs Linux 6.6');
      }
      assert.match(said.toString(), how);
      assert.ok(isPromiscuous());
      assert.equal(way === 'links' ? linked() : filters(), 2, 'both directions');
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      if (way === 'links') {
        // The kernel takes a moment to end a process.
        for (let waited = 0; linked() > 0 && waited < 2000; waited += 20)
          await new Promise((done) => setTimeout(done, 20));
        assert.equal(linked(), 0);
      } else {
        // Filters stay, without a reader, until the next start.
        assert.equal(filters(), 2);
        const next = new EbpfCapture(['wire0'], newSourceInfo(''), { ...OPTIONS, without: { links: true } });
        assert.equal(filters(), 2, 'its own');
        await next.close();
        assert.equal(filters(), 0);
        const exiting = spawnSync(process.execPath, [...HOLDER, 'filters', 'exit'], { encoding: 'utf8' });
        assert.match(exiting.stdout, how);
        assert.equal(filters(), 0, 'a process that just exits takes them along');
      }
      assert.ok(!isPromiscuous());
    });
  }
});

function isPromiscuous(): boolean {
  const IFF_PROMISC = 0x100;
  return (Number(readFileSync('/sys/class/net/wire0/flags', 'latin1')) & IFF_PROMISC) !== 0;
}

function filters(): number {
  return ['ingress', 'egress']
    .map((direction) =>
      execFileSync('tc', ['filter', 'show', 'dev', 'wire0', direction], { encoding: 'utf8' }),
    )
    .reduce((sum, text) => sum + [...text.matchAll(/ handle 0x/g)].length, 0);
}

/** Programs that are attached to wire0 by links. */
function linked(): number {
  const { bpf_prog_query: query } = bind('libbpf.so.1', {
    bpf_prog_query:
      'int bpf_prog_query(int target, int type, uint32_t flags, void *attachFlags, void *ids, void *count)',
  });
  return [46, 47].reduce((sum, type) => {
    const count = Buffer.alloc(4);
    count.writeUInt32LE(8);
    assert.equal(Number(query(ifindexOf('wire0'), type, 0, null, Buffer.alloc(32), count)), 0);
    return sum + count.readUInt32LE();
  }, 0);
}
