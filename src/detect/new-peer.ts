/**
 * new-peer: a device that is known (from a baseline, or from the learning phase) talks to somebody it never talked to:
 * another device of this network, or an address elsewhere that it has no name for. Named ones are told by new-domain.
 *
 * Not counted: attempts that nobody answers (see host-scan), neighbours of an address that is usual (`networkOf`).
 * State: see Habits; episodes by device.
 */
import { formatCount } from '../bytes/count.ts';
import { toSeconds } from '../bytes/time.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import { deviceActor } from './actor.ts';
import { type Baseline, networkOf } from './baseline.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorView } from './detector.ts';
import { EpisodeLog } from './episode-log.ts';
import { Samples } from './episode.ts';
import type { Finding } from './finding.ts';
import { Habits } from './habits.ts';
import type { RuleConfig } from './thresholds.ts';

class Notes {
  readonly peers = new Samples();
  readonly ports = new Samples();
  count = 0;
  elsewhere = 0;
  bytesOut = 0;
  peer = '';
}

export function newPeer(
  config: RuleConfig<'new-peer'>,
  view: DetectorView,
  baseline: Baseline | null,
  learnSeconds: number,
): Detector {
  const habits = new Habits(view, learnSeconds, (id) => {
    const known = baseline?.devices.get(id);
    return known?.hasAllPeers === true ? known.peers : undefined;
  });
  const log = new EpisodeLog<Notes>(config.episodeSeconds, () => new Notes());

  function flowEnd(slot: number): void {
    const { flows, devices } = view;
    if (flows.respPackets[slot] === 0) return;
    const protocol = flows.ipProtocol[slot]!;
    if (protocol !== IP_PROTOCOL.tcp && protocol !== IP_PROTOCOL.udp) return;
    const device = devices.ownerOf(flows.origIp, slot * 4, flows.origMac[slot]!);
    if (device < 0) return;
    const target = view.ends.target(slot);
    const peer = view.ends.peer(slot);
    const isElsewhere = peer === target;
    if (isElsewhere && devices.nameOf(device, target) !== '') return;
    const seconds = flows.firstSeconds[slot]!;
    const nanos = flows.firstNanos[slot]!;
    const thing = isElsewhere ? networkOf(target) : peer;
    if (habits.judge(device, thing, toSeconds(seconds, nanos)) !== 'new') return;
    const { episode, notes } = log.at(deviceActor(view, device), seconds, nanos);
    episode.add(seconds, nanos, flows.firstPacket[slot]!);
    episode.extend(flows.lastSeconds[slot]!, flows.lastNanos[slot]!);
    notes.peers.add(peer);
    notes.ports.add(`${protocol === IP_PROTOCOL.tcp ? 'tcp' : 'udp'}/${flows.respPort[slot]!}`);
    notes.peer = ++notes.count === 1 ? peer : '';
    if (isElsewhere) notes.elsewhere++;
    notes.bytesOut += flows.origIpBytes[slot]!;
  }

  return {
    id: 'new-peer',
    tick: (seconds) => habits.tick(seconds),
    flowEnd,
    findings(): Finding[] {
      return [...log.entries()].map(({ actor, episode, notes }) => {
        const { count, elsewhere, peer } = notes;
        return findingOf(episode, {
          rule: 'new-peer',
          severity: elsewhere > 0 ? 'low' : 'info',
          confidence: 0.7,
          actor,
          peer,
          summary: `${actor.label} talked to ${count === 1 ? peer : `${formatCount(count)} peers`} for the first time`,
          evidence: {
            peers: notes.peers.list(),
            peerCount: count,
            elsewhere,
            ports: notes.ports.list(),
            bytesOut: notes.bytesOut,
          },
          technique: '',
        });
      });
    },
  };
}
