/**
 * rogue-ra (ATT&CK T1557): a second IPv6 router offers itself as default router with another prefix or name server
 * than the first one, on a link where IPv4 traffic leaves through the first.
 *
 * Not counted: routers that offer no default route (lifetime 0: border routers of Thread and the like), and those
 * that say the same as the first. State: `MAX_ROUTERS` routers.
 */
import { compareText } from '../bytes/order.ts';
import { virtualMac } from '../device/virtual-mac.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import { deviceActor } from './actor.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorView } from './detector.ts';
import { Episode } from './episode.ts';
import type { Finding } from './finding.ts';

const MAX_ROUTERS = 64;
/** A link-layer hop limit that no router changes (RFC 4861 section 6.1.2). */
const ON_LINK = 255;

interface Router {
  readonly device: number;
  readonly episode: Episode;
  prefixes: string;
  dnsServers: string;
}

export function rogueRa(view: DetectorView, gateways: readonly string[]): Detector {
  /** In the order in which they were first heard. */
  const routers = new Map<number, Router>();

  function observe(observation: Observation, at: MessageContext): void {
    if (observation.kind !== 'router-advertisement' || observation.lifetimeSeconds === 0) return;
    if (at.batch.ttl[at.index] !== ON_LINK) return;
    const device = view.devices.senderOf(at.batch, at.index);
    if (device < 0 || virtualMac(view.devices.devices[device]!.mac) !== '') return;
    let router = routers.get(device);
    if (router === undefined) {
      if (routers.size >= MAX_ROUTERS) return;
      router = { device, episode: new Episode(at.seconds, at.nanos), prefixes: '', dnsServers: '' };
      routers.set(device, router);
    }
    router.episode.add(at.seconds, at.nanos, at.packet);
    router.prefixes = observation.prefixes
      .map(({ prefix, length }) => `${prefix}/${length}`)
      .sort(compareText)
      .join(' ');
    router.dnsServers = [...observation.dnsServers].sort(compareText).join(' ');
  }

  return {
    id: 'rogue-ra',
    kinds: ['router-advertisement'],
    observe,
    findings(): Finding[] {
      const all = [...routers.values()];
      if (all.length < 2) return [];
      const isGateway = ({ device }: Router): boolean =>
        view.devices.devices[device]!.roles.has('gateway') || view.devices.addresses.forwards(device);
      const isNamed = ({ device }: Router): boolean => {
        const { id, addresses } = view.devices.devices[device]!;
        return gateways.some((name) => name === id || addresses.has(name));
      };
      const rightful = all.find(isNamed) ?? all.find(isGateway) ?? all[0]!;
      const other = deviceActor(view, rightful.device);
      return all
        .filter((router) => router !== rightful && !isNamed(router))
        .filter(
          (router) => router.prefixes !== rightful.prefixes || router.dnsServers !== rightful.dnsServers,
        )
        .map((router) => {
          const actor = deviceActor(view, router.device);
          const sure = isGateway(rightful) && !isGateway(router);
          return findingOf(router.episode, {
            rule: 'rogue-ra',
            severity: sure ? 'high' : 'medium',
            confidence: sure ? 0.85 : 0.6,
            actor,
            peer: other.label,
            summary: `${actor.label} offers itself as IPv6 router beside ${other.label}, with other prefixes or name servers`,
            evidence: {
              prefixes: router.prefixes,
              dnsServers: router.dnsServers,
              otherPrefixes: rightful.prefixes,
              otherDnsServers: rightful.dnsServers,
              advertisements: router.episode.count,
            },
            technique: 'T1557',
          });
        });
    },
  };
}
