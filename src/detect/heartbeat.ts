/**
 * heartbeat (ATT&CK T1071): a device keeps one connection open to an address that it has no name for, on a port that
 * clients do not use, and says next to nothing on it, again and again: how bots wait for orders. Clouds of cameras and
 * games do the same now and then, so it is `low`; IRC, which hardly anything else speaks any more, is `medium`.
 *
 * Not counted: named servers, other devices of this network, connections that carried anything. Beats in connections
 * of their own are left to beaconing.
 * State: episodes by device and address (see EpisodeLog).
 */
import { IP_PROTOCOL, TCP_FLAG } from '../packet/layer.ts';
import { PROTOCOLS } from '../protocol/list.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { EpisodeLog } from './episode-log.ts';
import type { Finding } from './finding.ts';
import { POLLED_PORTS } from './polled-ports.ts';
import type { RuleConfig } from './thresholds.ts';

const IRC = PROTOCOLS.findIndex(({ name }) => name === 'irc') + 1;

class Notes {
  address = '';
  port = '';
  isIrc = false;
  packetsOut = 0;
  packetsIn = 0;
  bytesOut = 0;
  bytesIn = 0;
  seconds = 0;
}

export const heartbeat: DetectorFactory<RuleConfig<'heartbeat'>> = (config, view): Detector => {
  const log = new EpisodeLog<Notes>(config.episodeSeconds, () => new Notes());

  function isBeating(slot: number): boolean {
    const { flows } = view;
    const out = flows.origPackets[slot]!;
    const back = flows.respPackets[slot]!;
    const seconds = flows.lastSeconds[slot]! - flows.firstSeconds[slot]!;
    return (
      seconds >= config.minSeconds &&
      Math.min(out, back) >= config.minPackets &&
      seconds / out >= config.minIntervalSeconds &&
      flows.origIpBytes[slot]! <= out * config.maxMeanBytes &&
      flows.respIpBytes[slot]! <= back * config.maxMeanBytes
    );
  }

  function flowEnd(slot: number): void {
    const { flows, devices } = view;
    if (!isBeating(slot)) return;
    const protocol = flows.ipProtocol[slot]!;
    if (protocol !== IP_PROTOCOL.tcp && protocol !== IP_PROTOCOL.udp) return;
    if (protocol === IP_PROTOCOL.tcp && (flows.respTcpFlags[slot]! & TCP_FLAG.ack) === 0) return;
    const port = flows.respPort[slot]!;
    const isIrc = flows.service[slot] === IRC;
    if (POLLED_PORTS.has(port) && !isIrc) return;
    const actor = view.ends.actor(slot);
    if (actor.device < 0 || devices.ownerOf(flows.respIp, slot * 4, flows.respMac[slot]!) >= 0) return;
    const address = view.ends.target(slot);
    if (devices.nameOf(actor.device, address) !== '' && !isIrc) return;
    const seconds = flows.firstSeconds[slot]!;
    const nanos = flows.firstNanos[slot]!;
    const { episode, notes } = log.at(actor, seconds, nanos, address);
    episode.add(seconds, nanos, flows.firstPacket[slot]!);
    episode.extend(flows.lastSeconds[slot]!, flows.lastNanos[slot]!);
    notes.address = address;
    notes.port = `${protocol === IP_PROTOCOL.tcp ? 'tcp' : 'udp'}/${port}`;
    notes.isIrc ||= isIrc;
    notes.packetsOut += flows.origPackets[slot]!;
    notes.packetsIn += flows.respPackets[slot]!;
    notes.bytesOut += flows.origIpBytes[slot]!;
    notes.bytesIn += flows.respIpBytes[slot]!;
    notes.seconds += flows.lastSeconds[slot]! - seconds;
  }

  return {
    id: 'heartbeat',
    flowEnd,
    findings(): Finding[] {
      return [...log.entries()].map(({ actor, episode, notes }) => {
        const interval = notes.seconds / notes.packetsOut;
        const minutes = Math.round(notes.seconds / 60);
        return findingOf(episode, {
          rule: 'heartbeat',
          severity: notes.isIrc ? 'medium' : 'low',
          confidence: notes.isIrc ? 0.7 : 0.6,
          actor,
          peer: notes.address,
          summary: `${actor.label} kept in touch with ${notes.address} on ${notes.port} for ${minutes} min, with a small message every ${interval.toFixed(1)} s`,
          evidence: {
            address: notes.address,
            port: notes.port,
            protocol: notes.isIrc ? 'irc' : '',
            connections: episode.count,
            meanIntervalSeconds: Math.round(interval * 10) / 10,
            meanBytesOut: Math.round(notes.bytesOut / notes.packetsOut),
            meanBytesIn: Math.round(notes.bytesIn / notes.packetsIn),
            packetsOut: notes.packetsOut,
          },
          technique: 'T1071',
        });
      });
    },
  };
};
