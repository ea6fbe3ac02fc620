/**
 * traffic-burst: in one second a device sends far more packets than its own average. It informs: what makes a burst
 * dangerous is said by the flood and scan detectors.
 *
 * State: one average per device; episodes by actor.
 */
import { FIRST_ENTRIES, withRoom } from '../bytes/column.ts';
import { formatCount } from '../bytes/count.ts';
import { deviceActor } from './actor.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { DeviceRates } from './device-rates.ts';
import { EpisodeLog } from './episode-log.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

/** Weight of the newest second in the moving average: a memory of about a minute. */
const ALPHA = 1 / 60;

export const trafficBurst: DetectorFactory<RuleConfig<'traffic-burst'>> = (config, view): Detector => {
  const rates = new DeviceRates(view);
  let average = new Float64Array(FIRST_ENTRIES);
  const log = new EpisodeLog<{ peak: number; average: number }>(config.episodeSeconds, () => ({
    peak: 0,
    average: 0,
  }));
  let last = -1;

  function tick(seconds: number): void {
    if (last >= 0) close(last, seconds - last - 1);
    last = seconds;
  }

  /** Ends second `second`, which `silent` seconds without any packet follow. */
  function close(second: number, silent: number): void {
    const { devices } = view.devices;
    average = withRoom(average, devices.length);
    for (let device = 0; device < devices.length; device++) {
      rates.read(device);
      const packets = rates.packetsOut;
      const mean = average[device]!;
      const warm = second - devices[device]!.firstSeconds >= config.warmupSeconds;
      if (warm && packets >= config.packetsPerSecond && packets > config.factor * mean) {
        const { episode, notes } = log.at(deviceActor(view, device), second, 0);
        episode.add(second, 0, 0);
        if (packets > notes.peak) {
          notes.peak = packets;
          notes.average = mean;
        }
      }
      average[device] = (mean + ALPHA * (packets - mean)) * (silent > 0 ? (1 - ALPHA) ** silent : 1);
    }
  }

  return {
    id: 'traffic-burst',
    tick,
    end: () => {
      if (last >= 0) close(last, 0);
    },
    findings(): Finding[] {
      return [...log.entries()].map(({ actor, episode, notes }) =>
        findingOf(episode, {
          rule: 'traffic-burst',
          severity: 'info',
          confidence: 0.6,
          actor,
          summary: `${actor.label} sent ${formatCount(notes.peak)} packets in one second, after ${notes.average.toFixed(1)} on average`,
          evidence: {
            peakPacketsPerSecond: notes.peak,
            averagePacketsPerSecond: Math.round(notes.average * 10) / 10,
            seconds: episode.count,
          },
          technique: '',
        }),
      );
    },
  };
};
