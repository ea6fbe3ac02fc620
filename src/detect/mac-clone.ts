/**
 * mac-clone (ATT&CK T1036): two systems take turns behind one MAC address. Told apart by what one system does not
 * change within minutes: its DHCP host name with its option order, and the initial TTL of its connection attempts.
 *
 * Not counted: a change that stays (a reinstalled system, a second boot stage), systems behind a router (their TTL
 * is lower), containers that ask for leases with identifiers of their own (RFC 2131 tells clients apart by them).
 * State: `MAX_MACS` MACs, two traits each.
 */
import type { Mac } from '../bytes/address.ts';
import { IS_INITIAL_TTL } from '../device/address-book.ts';
import { LAYER, TCP_FLAG } from '../packet/layer.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import { deviceActor } from './actor.ts';
import { BoundedMap } from './bounded-map.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { Episode } from './episode.ts';
import type { Finding } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_MACS = 4096;
const REQUESTS = new Set([1, 3, 8]);

/** One trait of a MAC, and when its value changed back to one that was seen before. */
class Trait {
  value = '';
  readonly values = new Set<string>();
  returns: number[] = [];
  episode: Episode | null = null;

  /** Notes a value; `needed` returns within `windowSeconds` make an episode. */
  see(value: string, needed: number, windowSeconds: number, at: MessageContext): void {
    if (value === this.value) return;
    const seenBefore = this.values.has(value);
    if (this.values.size < 8) this.values.add(value);
    this.value = value;
    if (!seenBefore) return;
    this.returns.push(at.seconds);
    if (this.returns.length > needed) this.returns.shift();
    if (this.returns.length < needed || at.seconds - this.returns[0]! > windowSeconds) return;
    this.episode ??= new Episode(this.returns[0]!, 0);
    this.episode.add(at.seconds, at.nanos, at.packet);
  }
}

export const macClone: DetectorFactory<RuleConfig<'mac-clone'>> = (config, view): Detector => {
  const macs = new BoundedMap<Mac, { dhcp: Trait; ttl: Trait }>(MAX_MACS);
  const traitsOf = (mac: Mac): { dhcp: Trait; ttl: Trait } =>
    macs.use(mac, () => ({ dhcp: new Trait(), ttl: new Trait() }));

  function observe(observation: Observation, at: MessageContext): void {
    if (observation.kind !== 'dhcp' || observation.op !== 1 || !REQUESTS.has(observation.messageType)) return;
    if (observation.relayIp !== 0) return;
    // The client identifier defaults to the MAC; another one is another client by right.
    const own = observation.clientId === '' || observation.clientId.startsWith('01');
    if (!own) return;
    const system = `${observation.hostName} / ${observation.vendorClass} / ${observation.parameterRequestList.join(',')}`;
    traitsOf(observation.clientMac).dhcp.see(
      system,
      Math.max(1, config.changes - 1),
      config.windowSeconds,
      at,
    );
  }

  function flowStart(_slot: number, at: MessageContext): void {
    const { batch, index } = at;
    const isSyn = (batch.tcpFlags[index]! & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn;
    if (!isSyn || (batch.layers[index]! & (LAYER.tcp | LAYER.ipv4)) !== (LAYER.tcp | LAYER.ipv4)) return;
    const ttl = batch.ttl[index]!;
    const mac = batch.srcMac[index]!;
    if (mac <= 0 || IS_INITIAL_TTL[ttl] === 0 || ttl === 1) return;
    const device = view.devices.indexOf(mac);
    if (device < 0 || view.devices.addresses.forwards(device)) return;
    traitsOf(mac).ttl.see(String(ttl), config.changes, config.windowSeconds, at);
  }

  return {
    id: 'mac-clone',
    observe,
    flowStart,
    findings(): Finding[] {
      const findings: Finding[] = [];
      for (const [mac, { dhcp, ttl }] of macs.entries()) {
        const device = view.devices.indexOf(mac);
        const trait = dhcp.episode !== null ? dhcp : ttl;
        if (trait.episode === null || device < 0) continue;
        const actor = deviceActor(view, device);
        const byDhcp = trait === dhcp;
        findings.push(
          findingOf(trait.episode, {
            rule: 'mac-clone',
            severity: byDhcp ? 'medium' : 'low',
            confidence: byDhcp && ttl.episode !== null ? 0.9 : byDhcp ? 0.75 : 0.5,
            actor,
            summary: `Two systems take turns behind ${actor.label}: ${byDhcp ? 'their DHCP requests differ' : 'their initial TTLs differ'}`,
            evidence: { systems: [...trait.values].slice(0, 4), trait: byDhcp ? 'dhcp' : 'tcp-ttl' },
            technique: 'T1036',
          }),
        );
      }
      return findings;
    },
  };
};
