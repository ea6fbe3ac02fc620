/** What every backend of live capture must do. Each is given to the same tests; where one cannot, that is said here. */
import assert from 'node:assert/strict';
import { closeSync, readFileSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { LiveCapture, OpenBackend } from '../../../src/capture/live/backend.ts';
import { newSourceInfo, type SourceInfo } from '../../../src/capture/source.ts';
import { LanscopeError } from '../../../src/bytes/error.ts';
import { ip, makeTunnel, makeWire, numbered, removeWires, send, tagged } from './own-network.ts';

export interface Candidate {
  readonly open: OpenBackend;
  /** With frames cut at this; null where the snap length is fixed. */
  readonly openCut: ((snapLen: number) => OpenBackend) | null;
  /** Whether times are those at which the kernel saw the packet, and drops are counted. */
  readonly isExact: boolean;
  /** Whether an interface that is renamed goes on being captured. */
  readonly followsName: boolean;
}

interface Packet {
  readonly frame: Buffer;
  readonly capLen: number;
  readonly wireLen: number;
  readonly seconds: number;
  readonly interfaceId: number;
  readonly linkType: number;
}

/** Those of a test, to be ended whatever became of it. */
const begun: Reading[] = [];

/** A capture under test, read as it goes. */
class Reading {
  readonly packets: Packet[] = [];
  readonly notices: string[] = [];
  readonly info: SourceInfo;
  capture!: LiveCapture;
  #reading: Promise<void> = Promise.resolve();

  private constructor(names: readonly string[]) {
    this.info = newSourceInfo(names.join('+'));
  }

  static async of(
    open: OpenBackend,
    names: readonly string[],
    kernelBufferBytes = 1 << 24,
  ): Promise<Reading> {
    const reading = new Reading(names);
    const onNotice = (text: string): void => void reading.notices.push(text);
    reading.capture = await open(names, reading.info, { kernelBufferBytes, onNotice });
    reading.#reading = reading.#read();
    begun.push(reading);
    return reading;
  }

  async #read(): Promise<void> {
    for await (const batch of this.capture.batches()) {
      for (let i = batch.start; i < batch.count; i++) {
        const at = batch.frameOffset[i]!;
        this.packets.push({
          frame: Buffer.from(batch.bytes.subarray(at, at + batch.capLen[i]!)),
          capLen: batch.capLen[i]!,
          wireLen: batch.wireLen[i]!,
          seconds: batch.tsSeconds[i]! + batch.tsNanos[i]! / 1e9,
          interfaceId: batch.interfaceId[i]!,
          linkType: batch.linkType[i]!,
        });
      }
    }
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + LONGEST_MS;
    while (!holds()) {
      if (performance.now() > deadline) assert.fail(`${what}; said: ${this.notices.join(' | ')}`);
      await pause(10);
    }
  }

  async end(): Promise<void> {
    this.capture.stop();
    await this.#reading;
    await this.capture.close();
  }
}

/** On a machine that is busy with other things. */
const LONGEST_MS = 30_000;
const WIRE = 'wire0';
const FAR = 'far0';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function conformance(name: string, candidate: Candidate, skip: string | false): void {
  const { open, openCut, isExact, followsName } = candidate;
  describe(`live capture by ${name}`, { skip }, () => {
    beforeEach(() => makeWire(WIRE, FAR));
    afterEach(async () => {
      for (const reading of begun.splice(0)) await reading.end();
      removeWires();
    });

    test('every frame, whole, in order, once, and with its length on the wire', async () => {
      const reading = await Reading.of(open, [WIRE]);
      const lengths = [14 + 46, 61, 62, 64, 65, 128, 129, 255, 512, 1000, 1514, 1515, 4000, 9014];
      const frames = Array.from({ length: 700 }, (_, i) => numbered(i, lengths[i % lengths.length]));
      for (const [i, frame] of frames.entries()) {
        send(FAR, frame);
        // A backend that cannot count what it loses is not asked to keep up with a burst.
        if (!isExact && i % 20 === 19) await pause(5);
      }
      if (!isExact) await reading.until('all frames', () => reading.packets.length >= frames.length);
      // What was on the wire when it was stopped is handed out too.
      await reading.end();
      assert.equal(reading.packets.length, frames.length);
      assert.equal(
        frames.findIndex((frame, i) => !frame.equals(reading.packets[i]!.frame)),
        -1,
        'the first frame that differs',
      );
      for (const { capLen, wireLen, linkType } of reading.packets) {
        assert.equal(wireLen, capLen);
        assert.equal(linkType, 1);
      }
      assert.equal(reading.info.packets, frames.length);
      assert.equal(reading.info.interfaces[0]?.name, WIRE);
      assert.equal(reading.info.interfaces[0]?.drops, isExact ? 0 : -1);
    });

    test('frames that go out as well as those that come in; on loopback each once', async () => {
      const reading = await Reading.of(open, [WIRE, 'lo']);
      send(WIRE, numbered(1));
      send(FAR, numbered(2));
      send('lo', numbered(3));
      await reading.until('three frames', () => reading.packets.length >= 3);
      await pause(150);
      await reading.end();
      const numbers = reading.packets.map(({ frame }) => frame.readUInt32BE(14));
      assert.deepEqual(numbers.sort(), [1, 2, 3]);
    });

    test('times do not run back and are those of the packets', async () => {
      const reading = await Reading.of(open, [WIRE]);
      const before = Date.now() / 1000;
      for (let i = 0; i < 50; i++) send(FAR, numbered(i));
      const after = Date.now() / 1000;
      // A reader that is late does not make packets late.
      if (isExact) for (const end = performance.now() + 200; performance.now() < end;) continue;
      await reading.until('all frames', () => reading.packets.length === 50);
      const read = Date.now() / 1000;
      await reading.end();
      const times = reading.packets.map(({ seconds }) => seconds);
      for (let i = 1; i < times.length; i++) assert.ok(times[i]! >= times[i - 1]!);
      const MILLISECOND = 0.001;
      assert.ok(times[0]! >= before - 2 * MILLISECOND, `${before - times[0]!} s too early`);
      assert.ok(times.at(-1)! <= (isExact ? after : read) + 2 * MILLISECOND, 'too late');
    });

    test('VLAN tags are where they were', async () => {
      const reading = await Reading.of(open, [WIRE]);
      const frames = [
        tagged(numbered(1), [0x8100, 42]),
        tagged(numbered(2, 1400), [0x8100, 0xa123]),
        tagged(numbered(3), [0x88a8, 7], [0x8100, 4094]),
        numbered(4),
      ];
      for (const frame of frames) send(FAR, frame);
      for (const frame of frames) send(WIRE, frame);
      await reading.until('all frames', () => reading.packets.length >= 2 * frames.length);
      await reading.end();
      assert.deepEqual(
        reading.packets.map(({ frame }) => frame.toString('hex')),
        [...frames, ...frames].map((frame) => frame.toString('hex')),
      );
      for (const { capLen, wireLen } of reading.packets) assert.equal(wireLen, capLen);
    });

    test(
      'frames are cut at the snap length, their length on the wire is kept',
      { skip: openCut === null },
      async () => {
        const reading = await Reading.of(openCut!(96), [WIRE]);
        const frames = [
          numbered(1, 1200),
          numbered(2, 96),
          numbered(3, 97),
          numbered(4),
          tagged(numbered(5, 300), [0x8100, 5]),
        ];
        for (const frame of frames) send(FAR, frame);
        await reading.until('all frames', () => reading.packets.length === frames.length);
        await reading.end();
        // A tag may come on top of what was cut.
        for (const [i, { frame, wireLen, capLen }] of reading.packets.entries()) {
          assert.equal(wireLen, frames[i]!.length);
          assert.ok(capLen === Math.min(96, wireLen) || (i === 4 && capLen === 100));
          assert.deepEqual(frame, frames[i]!.subarray(0, capLen));
        }
      },
    );

    test('frames that found no room are counted', { skip: !isExact }, async () => {
      const reading = await Reading.of(open, [WIRE], 1 << 16);
      const SENT = 3000;
      // Nobody reads meanwhile.
      for (let i = 0; i < SENT; i++) send(FAR, numbered(i, 200));
      await reading.until('the first frames', () => reading.packets.length > 0);
      await reading.end();
      const { drops } = reading.info.interfaces[0]!;
      assert.ok(drops > 0);
      assert.equal(reading.packets.length + drops, SENT);
      const numbers = reading.packets.map(({ frame }) => frame.readUInt32BE(14));
      assert.deepEqual(
        numbers,
        [...numbers].sort((a, b) => a - b),
      );
    });

    test('several interfaces at once', async () => {
      makeWire('wire1', 'far1');
      const reading = await Reading.of(open, [WIRE, 'wire1']);
      send(FAR, numbered(1));
      send('far1', numbered(2));
      await reading.until('both frames', () => reading.packets.length === 2);
      await reading.end();
      assert.deepEqual(
        reading.info.interfaces.map(({ name }) => name),
        [WIRE, 'wire1'],
      );
      for (const { frame, interfaceId } of reading.packets)
        assert.equal(interfaceId, frame.readUInt32BE(14) - 1);
    });

    test('the interface is promiscuous for as long as it is captured on', async () => {
      const IFF_PROMISC = 0x100;
      const isPromiscuous = (): boolean => {
        const text = readFileSync(`/sys/class/net/${WIRE}/flags`, 'latin1');
        return (Number(text) & IFF_PROMISC) !== 0;
      };
      assert.equal(isPromiscuous(), false);
      const reading = await Reading.of(open, [WIRE]);
      assert.equal(isPromiscuous(), true);
      await reading.end();
      assert.equal(isPromiscuous(), false);
    });

    test('capturing that is ended while it begins again ends', { timeout: 120_000 }, async () => {
      for (const waitMs of [600, 900]) {
        const reading = await Reading.of(open, [WIRE]);
        ip('link', 'set', WIRE, 'down');
        await reading.until('it is told', () => reading.notices.length > 0);
        ip('link', 'set', WIRE, 'up');
        await pause(waitMs);
        await reading.end();
      }
    });

    test('an interface that goes down and comes back is captured on again', async () => {
      const reading = await Reading.of(open, [WIRE]);
      send(FAR, numbered(1));
      await reading.until('the first frame', () => reading.packets.length === 1);
      ip('link', 'set', WIRE, 'down');
      await reading.until('it is told', () => reading.notices.some((text) => /^wire0 went down/.test(text)));
      ip('link', 'set', WIRE, 'up');
      await reading.until('it is told', () => reading.notices.includes('capturing on wire0 again'));
      send(FAR, numbered(2));
      await reading.until('the second frame', () => reading.packets.length === 2);
      await reading.end();
      assert.equal(reading.notices.length, 2, reading.notices.join(' | '));
    });

    test('an interface that vanishes and is there again, as another one, is captured on again', async () => {
      const reading = await Reading.of(open, [WIRE]);
      send(FAR, numbered(1));
      await reading.until('the first frame', () => reading.packets.length === 1);
      ip('link', 'del', WIRE);
      await reading.until('it is told', () =>
        reading.notices.some((text) => /^wire0 (is gone|went)/.test(text)),
      );
      makeWire(WIRE, FAR);
      await reading.until('it is told', () => reading.notices.includes('capturing on wire0 again'));
      send(FAR, numbered(2));
      await reading.until('the second frame', () => reading.packets.length === 2);
      await reading.end();
      assert.ok(reading.packets.every(({ linkType }) => linkType === 1));
    });

    test('an interface that comes back with another link type begins another one of the capture', async () => {
      const reading = await Reading.of(open, [WIRE]);
      send(FAR, numbered(1));
      await reading.until('the first frame', () => reading.packets.length === 1);
      ip('link', 'del', WIRE);
      await reading.until('it is told', () =>
        reading.notices.some((text) => /^wire0 (is gone|went)/.test(text)),
      );
      // Bare IP, no link header.
      const tunnel = makeTunnel(WIRE);
      await reading.until('it is told', () => reading.notices.includes('capturing on wire0 again'));
      const packet = Buffer.alloc(28);
      packet.set([0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17]);
      writeSync(tunnel, packet);
      await reading.until('the packet', () => reading.packets.length === 2);
      await reading.end();
      closeSync(tunnel);
      const LINKTYPE_RAW = 101;
      assert.deepEqual(
        reading.packets.map(({ linkType }) => linkType),
        [1, LINKTYPE_RAW],
      );
      assert.deepEqual(reading.packets[1]!.frame, packet);
      assert.notEqual(reading.packets[0]!.interfaceId, reading.packets[1]!.interfaceId);
    });

    test('an interface that is renamed is followed, or captured on again under its old name', async () => {
      const reading = await Reading.of(open, [WIRE]);
      const rename = (from: string, to: string): void => {
        ip('link', 'set', from, 'down');
        ip('link', 'set', from, 'name', to);
        ip('link', 'set', to, 'up');
      };
      rename(WIRE, 'wire9');
      if (followsName) {
        const told = 'wire0 is now called wire9; capturing on it goes on';
        await reading.until('it is told', () => reading.notices.includes(told));
      } else {
        await reading.until('it is told', () =>
          reading.notices.some((text) => /^wire0 went down/.test(text)),
        );
        rename('wire9', WIRE);
        await reading.until('it is told', () => reading.notices.includes('capturing on wire0 again'));
      }
      send(FAR, numbered(1));
      await reading.until('the frame', () => reading.packets.length === 1);
      await reading.end();
    });

    test('an interface that is not there or down is refused', async () => {
      const fails = (names: readonly string[], message: RegExp): Promise<void> =>
        assert.rejects(Reading.of(open, names), (error: unknown) => {
          assert.ok(error instanceof LanscopeError);
          assert.equal(error.code, 'NO_SUCH_INTERFACE');
          assert.match(error.message, message);
          return true;
        });
      await fails(['wire8'], /There is no interface wire8/);
      await fails([WIRE, 'wire8'], /There is no interface wire8/);
      ip('link', 'set', WIRE, 'down');
      await fails([WIRE], /wire0 is down/);
    });
  });
}
