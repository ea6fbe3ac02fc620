/**
 * Sends the visits of a population on an interface, frame by frame at a steady rate, until it is told to end:
 *
 *   tsx scripts/soak/send.ts INTERFACE DEVICES FRAMES_PER_SECOND
 *
 * At the end it prints how many frames it sent.
 */
import { openInjector } from '../../src/capture/live/injector.ts';
import { Population } from './population.ts';

const TURN_MS = 20;
const RECORD_HEADER_BYTES = 16;

const [name, devices, rate] = process.argv.slice(2);
const injector = openInjector(name!);
const population = new Population(Number(devices));
const { writer } = population;
const frame = Buffer.alloc(2048);
const started = performance.now();
let sent = 0;
/** Offset of the next record of the visit. */
let at = 0;

const timer = setInterval(() => {
  const due = ((performance.now() - started) / 1000) * Number(rate);
  while (sent < due) {
    if (at >= writer.at) {
      population.visit();
      at = 0;
    }
    const length = writer.view.getUint32(at + 8, true);
    frame.set(writer.bytes.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + length));
    injector.send(frame, length);
    at += RECORD_HEADER_BYTES + length;
    sent++;
  }
}, TURN_MS);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    clearInterval(timer);
    process.stdout.write(`${sent}\n`, () => process.exit(0));
  });
}
