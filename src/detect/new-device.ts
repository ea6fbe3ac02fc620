/**
 * new-device: a device that was not there before: not in the baseline, or, without one, not in the first minutes of
 * the capture. So many at once that they must be forged are one finding (`mac-flood`, ATT&CK T1499).
 *
 * State: `MAX_SINGLE` findings of their own; what comes after is counted in one.
 */
import { formatCount } from '../bytes/count.ts';
import { formatDuration } from '../bytes/duration.ts';
import { isLocalMac, NO_MAC } from '../bytes/address.ts';
import { toSeconds } from '../bytes/time.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import { deviceActor } from './actor.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorView } from './detector.ts';
import { Episode, Samples } from './episode.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_SINGLE = 100;

export function newDevice(
  config: RuleConfig<'new-device'>,
  view: DetectorView,
  baseline: readonly string[] | null,
  learnSeconds = 0,
): Detector {
  const knownDevices = baseline === null ? null : new Set(baseline);
  /** With a baseline nothing is learned unless that was asked for. */
  const learning = Math.max(baseline === null ? config.learnSeconds : 0, learnSeconds);
  const single: { device: number; episode: Episode }[] = [];
  let rest: Episode | null = null;
  let beginSeconds = -1;
  let windowStart = 0;
  let inWindow = 0;
  let flood: { episode: Episode; samples: Samples } | null = null;

  function deviceNew(device: number, at: MessageContext): void {
    const { id } = view.devices.devices[device]!;
    countForFlood(id, at);
    const now = toSeconds(at.seconds, at.nanos);
    if (knownDevices?.has(id) === true || now - beginSeconds < learning) return;
    const isFlood = flood !== null && flood.episode.secondsSince(at.seconds, at.nanos) <= config.floodSeconds;
    if (single.length < MAX_SINGLE && !isFlood) {
      const episode = new Episode(at.seconds, at.nanos);
      episode.add(at.seconds, at.nanos, at.packet);
      single.push({ device, episode });
    } else if (!isFlood) {
      rest ??= new Episode(at.seconds, at.nanos);
      rest.add(at.seconds, at.nanos, at.packet);
    }
  }

  function countForFlood(id: string, at: MessageContext): void {
    const now = toSeconds(at.seconds, at.nanos);
    if (now - windowStart > config.floodSeconds) {
      windowStart = now;
      inWindow = 0;
    }
    if (++inWindow < config.floodDevices) return;
    flood ??= { episode: new Episode(at.seconds, at.nanos), samples: new Samples() };
    flood.samples.add(id);
    const before = flood.episode.count === 0 ? config.floodDevices : 1;
    flood.episode.add(at.seconds, at.nanos, at.packet, before);
  }

  return {
    id: 'new-device',
    tick(seconds) {
      if (beginSeconds < 0 || seconds < beginSeconds) beginSeconds = seconds;
    },
    deviceNew,
    findings(): Finding[] {
      const findings = single.map(({ device, episode }) => {
        const { id, mac } = view.devices.devices[device]!;
        const how =
          knownDevices === null
            ? `was first heard ${formatElapsed(episode.first.seconds - beginSeconds)} after the capture began`
            : 'is not in the baseline';
        const randomised = mac !== NO_MAC && isLocalMac(mac);
        return findingOf(episode, {
          rule: 'new-device',
          severity: knownDevices === null ? 'info' : 'low',
          confidence: randomised ? 0.5 : 0.9,
          actor: deviceActor(view, device),
          summary: `${id} ${how}${randomised ? ', under a randomised address' : ''}`,
          evidence: {
            device: id,
            randomisedAddress: randomised ? 'yes' : 'no',
            baseline: knownDevices === null ? 'none' : 'given',
          },
          technique: '',
        });
      });
      if (rest !== null) {
        const restHow =
          knownDevices === null
            ? `were first heard ${formatElapsed(rest.first.seconds - beginSeconds)} or more after the capture began`
            : 'are not in the baseline';
        findings.push(
          findingOf(rest, {
            rule: 'new-device',
            severity: 'info',
            confidence: 0.9,
            actor: null,
            summary: `${formatCount(rest.count)} further devices ${restHow}`,
            evidence: { devices: rest.count },
            technique: '',
          }),
        );
      }
      if (flood !== null) {
        findings.push(
          findingOf(flood.episode, {
            rule: 'mac-flood',
            severity: 'high',
            confidence: 0.9,
            actor: null,
            summary: `${formatCount(flood.episode.count)} new MAC addresses within a short time: forged, to overrun switches or tables`,
            evidence: { addresses: flood.samples.list(), addressCount: flood.episode.count },
            technique: 'T1499',
          }),
        );
      }
      return findings;
    },
  };
}

/** Below an hour whole minutes, below one of them seconds. */
function formatElapsed(seconds: number): string {
  if (seconds >= 3600) return formatDuration(seconds);
  return seconds < 60 ? `${Math.max(0, seconds)} s` : `${Math.floor(seconds / 60)} min`;
}
