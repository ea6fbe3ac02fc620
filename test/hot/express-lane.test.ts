/** What WebAssembly does gives the same as what TypeScript does: header columns, records of pcap, and the express lane. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openMemory } from '../../src/capture/memory.ts';
import type { SourceOptions } from '../../src/capture/source.ts';
import { DEFAULT_CONFIG } from '../../src/engine/config.ts';
import { Pipeline } from '../../src/engine/pipeline.ts';
import { HotMemory } from '../../src/hot/memory.ts';
import { PacketBatch } from '../../src/packet/batch.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import { writePcap } from '../capture/write-pcap.ts';
import { arbitraryFrame } from '../packet/arbitrary-frame.ts';
import { ether, ipv4, ipv6, tcp, udp } from '../packet/build-frame.ts';
import { arbitraryStep, conversations, flowNotes, knowledgeOf, OPENING } from './conversations.ts';
import { batchOf, issueNames, rowOf } from '../packet/decode-one.ts';

/** Runs `use` with memory that is given back. */
async function withMemory<T>(use: (memory: HotMemory) => T | Promise<T>): Promise<T> {
  const memory = HotMemory.open();
  try {
    return await use(memory);
  } finally {
    memory.close();
  }
}

/** Ethernet with TCP or UDP in it, and here and there a byte that is not what it was. */
const arbitraryCommon = fc
  .record({
    isV6: fc.boolean(),
    isUdp: fc.boolean(),
    ports: fc.tuple(fc.nat({ max: 65_535 }), fc.constantFrom(80, 53, 3544, 4789, 50_000)),
    payload: fc.uint8Array({ maxLength: 80 }),
    change: fc.option(fc.tuple(fc.nat({ max: 70 }), fc.nat({ max: 255 })), { freq: 3 }),
  })
  .map(({ isV6, isUdp, ports, payload, change }) => {
    const transport = isUdp ? udp({ ports }, payload) : tcp({ ports, flags: 24, seq: 0xffff_fff0 }, payload);
    const network = isV6
      ? ipv6({ nextHeader: isUdp ? 17 : 6 }, transport)
      : ipv4({ protocol: isUdp ? 17 : 6 }, transport);
    const frame = ether({ type: isV6 ? 0x86dd : 0x0800 }, network);
    if (change !== null) frame[change[0] % frame.length] = change[1];
    return { frame };
  });

test('headers: the same columns and issues for any frame at any truncation', async () => {
  await withMemory((memory) => {
    const batch = new PacketBatch(1, memory);
    const window = memory.take(70_000);
    let inPlace = 0;
    fc.assert(
      fc.property(
        fc.oneof(arbitraryFrame, arbitraryCommon),
        fc.nat({ max: 60 }),
        fc.constantFrom(0, 0xff, 0x45),
        ({ frame }, cut, poison) => {
          for (const captured of [frame.length, Math.max(0, frame.length - cut)]) {
            const bytes = frame.slice(0, captured);
            const expected = batchOf(bytes, { wireLen: frame.length }, 5, 64, poison);
            const issues = new IssueCounter();
            decodeHeaders(expected, issues);
            batch.bytes = new Uint8Array(memory.buffer, window, expected.bytes.length);
            batch.bytes.set(expected.bytes);
            batch.byteLength = expected.byteLength;
            batch.frameOffset[0] = expected.frameOffset[0]!;
            batch.capLen[0] = captured;
            batch.wireLen[0] = frame.length;
            batch.linkType[0] = 1;
            batch.count = 1;
            if (memory.core.decode(batch.base, batch.bytes.byteOffset, 0, 1) === 0) inPlace++;
            const found = new IssueCounter();
            decodeHeaders(batch, found);
            assert.deepEqual(
              { ...rowOf(batch, 0), issues: issueNames(found) },
              { ...rowOf(expected, 0), issues: issueNames(issues) },
            );
          }
        },
      ),
      { numRuns: 1500 },
    );
    assert.ok(inPlace > 300, `only ${inPlace} frames were decoded in place`);
  });
});

/** Source columns of every packet, and how the capture ended. */
async function rowsOf(capture: Uint8Array, options: SourceOptions): Promise<unknown[]> {
  const source = openMemory(capture, { ...options, noHash: true });
  const rows: unknown[] = [];
  try {
    for await (const batch of source) {
      for (let i = batch.start; i < batch.count; i++) {
        const at = batch.frameOffset[i]!;
        rows.push([
          batch.packetNumber(i),
          batch.tsSeconds[i],
          batch.tsNanos[i],
          batch.wireLen[i],
          batch.linkType[i],
          batch.interfaceId[i],
          Buffer.from(batch.bytes.subarray(at, at + batch.capLen[i]!)).toString('hex'),
        ]);
      }
    }
  } catch (error) {
    rows.push(String(error));
  }
  rows.push(source.inputs[0]!.damage);
  return rows;
}

test('records of pcap: the same packets and the same damage, whatever was changed in the file', async () => {
  const packet = fc.record({
    seconds: fc.constantFrom(0, 1, 1_700_000_000, 0xffff_ffff),
    nanos: fc.nat({ max: 999_999 }).map((micros) => micros * 1000),
    bytes: fc.uint8Array({ maxLength: 40 }),
    more: fc.nat({ max: 3 }),
  });
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(packet, { maxLength: 12 }),
      fc.boolean(),
      fc.boolean(),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 2 }),
      fc.constantFrom(1, 16, 61, 4096),
      fc.constantFrom(1, 3, 2048),
      async (packets, littleEndian, nanoseconds, changes, chunkSize, batchSize) => {
        const capture = writePcap(
          packets.map(({ more, ...rest }) => ({ ...rest, wireLen: rest.bytes.length + more })),
          { littleEndian, nanoseconds },
        );
        for (const [at, value] of changes) capture[24 + (at % Math.max(1, capture.length - 24))] = value;
        const expected = await rowsOf(capture, { chunkSize, batchSize });
        if (expected.length > 1) whole++;
        assert.deepEqual(
          await withMemory((memory) => rowsOf(capture, { chunkSize, batchSize, memory })),
          expected,
        );
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(whole > 100);
});

/** Everything that is known of flows, devices and totals in the end. */
async function outcome(capture: Uint8Array, memory: HotMemory | null, batchSize: number): Promise<unknown> {
  const { flows, output } = flowNotes();
  const pipeline = new Pipeline({
    config: { ...DEFAULT_CONFIG, flow: { ...DEFAULT_CONFIG.flow, inspectBytes: 64 } },
    selection: null,
    outputs: [output],
    ...(memory === null ? {} : { memory }),
  });
  let lane = 0;
  const core = memory?.core;
  if (memory !== null && core !== undefined) {
    Object.assign(memory, {
      core: {
        ...core,
        run: (base: number, i: number, end: number) => {
          const stopped = core.run(base, i, end);
          lane += stopped - i;
          return stopped;
        },
      },
    });
  }
  const options = { noHash: true, batchSize, ...(memory === null ? {} : { memory }) };
  for await (const batch of openMemory(capture, options)) pipeline.process(batch);
  pipeline.finish();
  inLane += lane;
  if (memory !== null) Object.assign(memory, { core });
  return { flows, knowledge: knowledgeOf(pipeline) };
}
let inLane = 0;

test('the express lane changes nothing, wherever batches end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryStep, { minLength: 40, maxLength: 120 }),
      fc.constantFrom(1, 5, 2048),
      async (steps, batchSize) => {
        const capture = writePcap(conversations([...OPENING, ...steps]));
        const expected = await outcome(capture, null, 2048);
        assert.deepEqual(await withMemory((memory) => outcome(capture, memory, batchSize)), expected);
      },
    ),
    { numRuns: 60 },
  );
  assert.ok(inLane > 600, `only ${inLane} packets took the lane`);
});
