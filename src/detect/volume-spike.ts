/**
 * volume-spike: in one interval a device moves a multiple of what it moved on average before (exponentially weighted
 * moving average over intervals, silent ones included). Downloads are ordinary, so this informs; sending much more
 * than receiving weighs more.
 *
 * State: one average per device and direction; `MAX_EPISODES` episodes.
 */
import { FIRST_ENTRIES, withRoom } from '../bytes/column.ts';
import { formatCount } from '../bytes/count.ts';
import { deviceActor } from './actor.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { DeviceRates } from './device-rates.ts';
import { Episode } from './episode.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_EPISODES = 1024;

interface Spike {
  readonly device: number;
  readonly episode: Episode;
  /** Of the strongest interval. */
  bytesOut: number;
  bytesIn: number;
  average: number;
}

export const volumeSpike: DetectorFactory<RuleConfig<'volume-spike'>> = (config, view): Detector => {
  const rates = new DeviceRates(view);
  let average = new Float64Array(FIRST_ENTRIES);
  let intervals = new Uint32Array(FIRST_ENTRIES);
  const running = new Map<number, Spike>();
  const spikes: Spike[] = [];
  let interval = -1;

  function tick(seconds: number): void {
    const now = Math.floor(seconds / config.intervalSeconds);
    if (interval < 0) interval = now;
    if (now === interval) return;
    const silent = Math.max(0, now - interval - 1);
    close(interval * config.intervalSeconds, silent);
    interval = now;
  }

  /** Ends the interval that began at `start`; `silent` intervals without any packet follow it. */
  function close(start: number, silent: number): void {
    const { alpha, factor, floorBytes, warmupIntervals } = config;
    average = withRoom(average, view.devices.devices.length);
    intervals = withRoom(intervals, view.devices.devices.length);
    for (let device = 0; device < view.devices.devices.length; device++) {
      rates.read(device);
      const bytes = rates.bytesOut + rates.bytesIn;
      const mean = average[device]!;
      if (bytes >= floorBytes && intervals[device]! >= warmupIntervals && bytes > factor * mean) {
        note(device, start, mean);
      } else {
        running.delete(device);
      }
      const warm = intervals[device]! > 0;
      average[device] = (warm ? mean + alpha * (bytes - mean) : bytes) * (1 - alpha) ** silent;
      intervals[device]! += 1 + silent;
      if (silent > 0) running.delete(device);
    }
  }

  function note(device: number, start: number, mean: number): void {
    let spike = running.get(device);
    if (spike === undefined) {
      if (spikes.length >= MAX_EPISODES) return;
      spike = { device, episode: new Episode(start, 0), bytesOut: 0, bytesIn: 0, average: mean };
      running.set(device, spike);
      spikes.push(spike);
    }
    spike.episode.add(start, 0, 0);
    spike.episode.extend(start + config.intervalSeconds, 0);
    if (rates.bytesOut + rates.bytesIn > spike.bytesOut + spike.bytesIn) {
      spike.bytesOut = rates.bytesOut;
      spike.bytesIn = rates.bytesIn;
      spike.average = mean;
    }
  }

  return {
    id: 'volume-spike',
    tick,
    end: () => close(interval * config.intervalSeconds, 0),
    findings(): Finding[] {
      return spikes.map(({ device, episode, bytesOut, bytesIn, average: mean }) => {
        const actor = deviceActor(view, device);
        const sends = bytesOut > 4 * bytesIn && !view.devices.addresses.forwards(device);
        return findingOf(episode, {
          rule: 'volume-spike',
          severity: sends ? 'low' : 'info',
          confidence: 0.6,
          actor,
          summary: `${actor.label} moved ${formatCount(bytesOut + bytesIn)} bytes within ${config.intervalSeconds} s, after ${formatCount(mean)} on average`,
          evidence: {
            bytesOut,
            bytesIn,
            averageBytes: Math.round(mean),
            intervalSeconds: config.intervalSeconds,
            intervals: episode.count,
          },
          technique: '',
        });
      });
    },
  };
};
