import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorCode, LanscopeError } from '../../../src/bytes/error.ts';
import type { Backend, OpenBackend } from '../../../src/capture/live/backend.ts';
import { type BackendChoice, openLive, type Opened } from '../../../src/capture/live/live-source.ts';
import { PacketBatch } from '../../../src/packet/batch.ts';

/** Backends that give one empty batch, or fail. */
function backends(failing: Partial<Record<Backend, ErrorCode>>): Record<Backend, OpenBackend> {
  const open =
    (backend: Backend): OpenBackend =>
    (_names, info) => {
      const code = failing[backend];
      // What a backend had noted before it failed is not of the capture.
      info.interfaces.push({
        name: backend,
        description: '',
        linkType: 1,
        snapLen: 0,
        timeDigits: 6,
        drops: -1,
      });
      if (code !== undefined)
        return Promise.reject(new LanscopeError(code, `${backend} fails`, `mend ${backend}`));
      return Promise.resolve({
        how: 'as a test',

        async *batches() {
          yield new PacketBatch(1);
        },
        stop() {},
        close: () => Promise.resolve(),
      });
    };
  return { ebpf: open('ebpf'), libpcap: open('libpcap') };
}

async function opened(
  failing: Partial<Record<Backend, ErrorCode>>,
  backend: BackendChoice = 'auto',
  names: readonly string[] = ['eth0'],
): Promise<Opened & { interfaces: string[] }> {
  let said: Opened | null = null;
  const onOpen = (what: Opened): void => void (said = what);
  const source = openLive(names, { backend, onOpen }, backends(failing));
  for await (const batch of source) assert.equal(batch.count, 0);
  assert.ok(said !== null);
  return { ...(said as Opened), interfaces: source.inputs[0]!.interfaces.map(({ name }) => name) };
}

test('auto takes eBPF, and libpcap when that cannot be had, and says why', async () => {
  const best = { backend: 'ebpf', how: 'as a test', because: '', interfaces: ['ebpf'] };
  assert.deepEqual(await opened({}), best);
  assert.deepEqual(await opened({ libpcap: 'COMPONENT_MISSING' }), best);
  for (const code of ['COMPONENT_MISSING', 'NO_PERMISSION'] as const) {
    assert.deepEqual(await opened({ ebpf: code }), {
      backend: 'libpcap',
      how: 'as a test',
      because: 'ebpf fails',
      interfaces: ['libpcap'],
    });
  }
});

test('all interfaces together are libpcap’s matter', async () => {
  const { backend, because } = await opened({}, 'auto', ['any']);
  assert.equal(backend, 'libpcap');
  assert.match(because, /Only libpcap/);
});

test('what was asked for is taken, or fails', async () => {
  assert.equal((await opened({}, 'libpcap')).backend, 'libpcap');
  assert.equal((await opened({}, 'ebpf')).backend, 'ebpf');
  await assert.rejects(opened({ ebpf: 'COMPONENT_MISSING' }, 'ebpf'), { message: 'ebpf fails' });
});

test('an interface that is not there fails at once; when both fail both reasons are told', async () => {
  await assert.rejects(opened({ ebpf: 'NO_SUCH_INTERFACE' }), { message: 'ebpf fails' });
  await assert.rejects(opened({ ebpf: 'NO_PERMISSION', libpcap: 'NO_PERMISSION' }), {
    code: 'NO_PERMISSION',
    message: 'libpcap fails (nor by eBPF: ebpf fails)',
    hint: 'mend libpcap',
  });
});
