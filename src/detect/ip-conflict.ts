/**
 * ip-conflict: two MACs take turns in using one IPv4 address. Between MACs of one maker it informs, because a hub with
 * two interfaces does the same; a device that says so itself (DHCP DECLINE, or an answer to an RFC 5227 probe), or MACs
 * of different makers, make it a conflict.
 *
 * Not counted: an address that moved once, MACs of redundancy groups.
 * State: `MAX_ADDRESSES` addresses with the last `MAX_HOLDERS` MACs each.
 */
import { formatIpv4, formatMac, type Mac } from '../bytes/address.ts';
import { formatCount } from '../bytes/count.ts';
import { toSeconds } from '../bytes/time.ts';
import { virtualMac } from '../device/virtual-mac.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import { deviceActor } from './actor.ts';
import { BoundedMap } from './bounded-map.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { Episode, Samples } from './episode.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_ADDRESSES = 4096;
const MAX_HOLDERS = 8;
/** A MAC divided by this is the prefix of its maker. */
const MAKER = 0x100_0000;
const DECLINE = 4;
/** Conflicts that are told one by one; the rest is one finding. */
const MAX_SINGLE = 20;
/** An RFC 5227 probe is answered within this. */
const DEFENCE_SECONDS = 3;

class Address {
  readonly ip: number;
  holder: Mac;
  readonly holders = new Set<Mac>();
  /** Times of the last changes of holder. */
  changes: [seconds: number, nanos: number, packet: number][] = [];
  episode: Episode | null = null;
  probedBy: Mac = -1;
  probedSeconds = 0;
  refused: Mac = -1;
  defended = false;

  constructor(ip: number, holder: Mac) {
    this.ip = ip;
    this.holder = holder;
  }
}

export const ipConflict: DetectorFactory<RuleConfig<'ip-conflict'>> = (config, view): Detector => {
  const addresses = new BoundedMap<number, Address>(MAX_ADDRESSES);

  function observe(observation: Observation, at: MessageContext): void {
    if (observation.kind === 'dhcp') {
      if (observation.messageType !== DECLINE || observation.requestedIp === 0) return;
      const address = addresses.peek(observation.requestedIp);
      if (address === undefined || address.holder === observation.clientMac) return;
      address.holders.add(observation.clientMac);
      defend(address, at);
      return;
    }
    if (observation.kind !== 'arp') return;
    const { senderIp, senderMac, targetIp } = observation;
    if (virtualMac(senderMac) !== '' || at.batch.srcMac[at.index] !== senderMac) return;
    if (senderIp === 0) {
      const probed = addresses.peek(targetIp);
      if (probed !== undefined && probed.holder !== senderMac) {
        probed.probedBy = senderMac;
        probed.probedSeconds = toSeconds(at.seconds, at.nanos);
      }
      return;
    }
    const address = addresses.use(senderIp, () => new Address(senderIp, senderMac));
    if (address.holders.size < MAX_HOLDERS) address.holders.add(senderMac);
    const { probedBy } = address;
    const now = toSeconds(at.seconds, at.nanos);
    if (probedBy >= 0 && probedBy !== senderMac && now - address.probedSeconds <= DEFENCE_SECONDS) {
      address.probedBy = -1;
      address.refused = probedBy;
    }
    // Whoever was told that the address is taken, and uses it all the same.
    if (senderMac === address.refused) {
      address.refused = -1;
      defend(address, at);
    }
    if (senderMac === address.holder) return;
    address.holder = senderMac;
    address.changes.push([at.seconds, at.nanos, at.packet]);
    if (address.changes.length > config.changes) address.changes.shift();
    const oldest = address.changes[0]!;
    const sinceOldest = now - toSeconds(oldest[0], oldest[1]);
    if (address.changes.length < config.changes || sinceOldest > config.windowSeconds) return;
    if (address.episode === null) {
      address.episode = new Episode(oldest[0], oldest[1]);
      for (const [seconds, nanos, packet] of address.changes) address.episode.add(seconds, nanos, packet);
    } else {
      address.episode.add(at.seconds, at.nanos, at.packet);
    }
  }

  function defend(address: Address, at: MessageContext): void {
    address.defended = true;
    address.episode ??= new Episode(at.seconds, at.nanos);
    address.episode.add(at.seconds, at.nanos, at.packet);
  }

  return {
    id: 'ip-conflict',
    kinds: ['dhcp', 'arp'],
    observe,
    findings(): Finding[] {
      const findings: Finding[] = [];
      let rest: { episode: Episode; addresses: Samples } | null = null;
      for (const { ip, episode, holders, defended } of addresses.values()) {
        if (episode === null || holders.size < 2) continue;
        if (findings.length >= MAX_SINGLE) {
          rest ??= {
            episode: new Episode(episode.first.seconds, episode.first.nanos),
            addresses: new Samples(),
          };
          rest.episode.add(episode.first.seconds, episode.first.nanos, episode.packets[0] ?? 0);
          rest.episode.extend(episode.last.seconds, episode.last.nanos);
          rest.addresses.add(formatIpv4(ip));
          continue;
        }
        const macs = [...holders].sort((a, b) => a - b);
        const device = view.devices.indexOf(macs[0]!);
        const oneMaker = macs.every((mac) => Math.floor(mac / MAKER) === Math.floor(macs[0]! / MAKER));
        findings.push(
          findingOf(episode, {
            rule: 'ip-conflict',
            severity: defended || !oneMaker ? 'low' : 'info',
            confidence: defended ? 0.9 : oneMaker ? 0.4 : 0.7,
            actor: device >= 0 ? deviceActor(view, device) : null,
            peer: formatMac(macs[1]!),
            summary: `${formatIpv4(ip)} is used by ${macs.slice(0, 3).map(formatMac).join(' and ')}${defended ? ', and one of them objects' : ''}`,
            evidence: {
              address: formatIpv4(ip),
              macs: macs.map(formatMac),
              defended: defended ? 'yes' : 'no',
            },
            technique: '',
          }),
        );
      }
      if (rest !== null) {
        const { episode, addresses } = rest;
        findings.push(
          findingOf(episode, {
            rule: 'ip-conflict',
            severity: 'low',
            confidence: 0.7,
            actor: null,
            summary: `${formatCount(episode.count)} further addresses are used by more than one MAC address`,
            evidence: { addresses: addresses.list(), addressCount: episode.count },
            technique: '',
          }),
        );
      }
      return findings;
    },
  };
};
