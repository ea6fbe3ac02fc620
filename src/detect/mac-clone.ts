/**
 * mac-clone (ATT&CK T1036): two systems take turns behind one MAC address. Told apart by what one system does not
 * change within minutes: its DHCP vendor class and option order, and the initial TTL of its connection attempts and
 * of its echo requests. One trait alone may have another reason; two are a clone.
 *
 * Not counted: a change that stays (a reinstalled system, a second boot stage), systems behind a router (their TTL
 * is lower), containers that ask for leases with identifiers of their own (RFC 2131 tells clients apart by them).
 * State: `MAX_MACS` MACs, three traits each, `MAX_VALUES` values of a trait.
 */
import type { Mac } from '../bytes/address.ts';
import { toSeconds } from '../bytes/time.ts';
import { IS_INITIAL_TTL } from '../device/address-book.ts';
import { LAYER, TCP_FLAG } from '../packet/layer.ts';
import type { MessageContext } from '../protocol/decoder.ts';
import type { Observation } from '../protocol/observation.ts';
import { deviceActor } from './actor.ts';
import { BoundedMap } from './bounded-map.ts';
import { findingOf } from './claim.ts';
import type { Detector, DetectorFactory } from './detector.ts';
import { Episode } from './episode.ts';
import type { Finding, PacketTime } from './finding.ts';
import type { RuleConfig } from './thresholds.ts';

const MAX_MACS = 4096;
/** DISCOVER, REQUEST, INFORM. */
const REQUESTS = new Set([1, 3, 8]);
const ECHO_REQUEST = 8;

const MAX_VALUES = 8;

/** What one MAC shows. */
class Traits {
  readonly dhcp = new Trait();
  readonly tcp = new Trait();
  readonly echo = new Trait();
  /** IPv4 address → initial TTL of its first echo request or connection attempt. */
  readonly ttlOf = { echo: new TtlByAddress(), tcp: new TtlByAddress() };
  addresses: Episode | null = null;
}

/** IPv4 address → initial TTL that was seen first. */
class TtlByAddress {
  private readonly ttlOf = new Map<number, number>();
  /** Of all addresses so far; 0 when they differ. */
  private common = 0;

  /** True when another address has another one. */
  note(ip: number, ttl: number): boolean {
    const { ttlOf } = this;
    if (!ttlOf.has(ip) && ttlOf.size < MAX_VALUES) {
      ttlOf.set(ip, ttl);
      this.common = ttlOf.size === 1 || this.common === ttl ? ttl : 0;
    }
    if (this.common === ttl) return false;
    for (const [other, otherTtl] of ttlOf) if (other !== ip && otherTtl !== ttl) return true;
    return false;
  }
}

/** One trait of a MAC, and when its value changed back to one that was seen before. */
class Trait {
  value = '';
  readonly values = new Set<string>();
  private readonly returns: PacketTime[] = [];
  /** Least seconds between two different values. */
  closest = Infinity;
  private last = 0;
  episode: Episode | null = null;

  /** Notes a value; `needed` returns within `windowSeconds` make an episode. */
  see(value: string, needed: number, windowSeconds: number, at: MessageContext): void {
    const now = toSeconds(at.seconds, at.nanos);
    if (this.value !== '' && value !== this.value) {
      this.closest = Math.min(this.closest, Math.abs(now - this.last));
    }
    this.last = now;
    if (value === this.value) return;
    const seenBefore = this.values.has(value);
    if (this.values.size < MAX_VALUES) this.values.add(value);
    this.value = value;
    if (!seenBefore) return;
    this.returns.push({ seconds: at.seconds, nanos: at.nanos });
    if (this.returns.length > needed) this.returns.shift();
    const { seconds, nanos } = this.returns[0]!;
    if (this.returns.length < needed || now - toSeconds(seconds, nanos) > windowSeconds) return;
    this.episode ??= new Episode(seconds, nanos);
    this.episode.add(at.seconds, at.nanos, at.packet);
  }
}

export const macClone: DetectorFactory<RuleConfig<'mac-clone'>> = (config, view): Detector => {
  const macs = new BoundedMap<Mac, Traits>(MAX_MACS);

  function observe(observation: Observation, at: MessageContext): void {
    if (observation.kind !== 'dhcp' || observation.op !== 1 || !REQUESTS.has(observation.messageType)) return;
    // Boot loaders ask without a name, and systems change theirs: what tells two apart is how they ask.
    if (observation.relayIp !== 0 || observation.hostName === '') return;
    // The client identifier defaults to the MAC; another one is another client by right.
    if (observation.clientId !== '' && !observation.clientId.startsWith('01')) return;
    const system = `${observation.vendorClass} / ${observation.parameterRequestList.join(',')}`;
    traitsOf(observation.clientMac).dhcp.see(system, 1, config.windowSeconds, at);
  }

  function flowStart(_slot: number, at: MessageContext): void {
    const { batch, index } = at;
    const layers = batch.layers[index]!;
    if ((layers & LAYER.ipv4) === 0) return;
    const isSyn =
      (layers & LAYER.tcp) !== 0 && (batch.tcpFlags[index]! & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn;
    const isEcho = (layers & LAYER.icmp) !== 0 && batch.srcPort[index] === ECHO_REQUEST;
    if (!isSyn && !isEcho) return;
    const ttl = batch.ttl[index]!;
    const mac = batch.srcMac[index]!;
    if (mac <= 0 || ttl < 32 || IS_INITIAL_TTL[ttl] === 0) return;
    const device = view.devices.indexOf(mac);
    if (device < 0 || view.devices.addresses.forwards(device)) return;
    const traits = traitsOf(mac);
    (isSyn ? traits.tcp : traits.echo).see(String(ttl), config.changes, config.windowSeconds, at);
    // One system has one initial TTL for all its addresses.
    const ip = batch.srcIp[index * 4 + 3]!;
    if (!(isSyn ? traits.ttlOf.tcp : traits.ttlOf.echo).note(ip, ttl)) return;
    traits.addresses ??= new Episode(at.seconds, at.nanos);
    traits.addresses.add(at.seconds, at.nanos, at.packet);
  }

  function traitsOf(mac: Mac): Traits {
    return macs.use(mac, () => new Traits());
  }

  return {
    id: 'mac-clone',
    kinds: ['dhcp'],
    observe,
    flowStart,
    findings(): Finding[] {
      const findings: Finding[] = [];
      for (const [mac, traits] of macs.entries()) {
        const device = view.devices.indexOf(mac);
        const episode = traits.dhcp.episode ?? traits.addresses ?? traits.tcp.episode ?? traits.echo.episode;
        if (episode === null || device < 0) continue;
        // A second name within the window supports what the TTLs say, even if the first one did not come back.
        const differing = [
          traits.dhcp.closest <= config.windowSeconds ? 'DHCP requests' : '',
          traits.tcp.episode !== null ? 'TTLs of connection attempts' : '',
          traits.echo.episode !== null ? 'TTLs of echo requests' : '',
          traits.addresses !== null ? 'TTLs by address' : '',
        ].filter((name) => name !== '');
        const sure = differing.length > 1;
        const actor = deviceActor(view, device);
        findings.push(
          findingOf(episode, {
            rule: 'mac-clone',
            severity: sure ? 'medium' : 'low',
            confidence: sure ? 0.9 : 0.5,
            actor,
            summary: `Two systems take turns behind ${actor.label}: their ${differing.join(' and ')} differ`,
            evidence: {
              dhcpSystems: [...traits.dhcp.values],
              connectionTtls: [...traits.tcp.values],
              echoTtls: [...traits.echo.values],
            },
            technique: 'T1036',
          }),
        );
      }
      return findings;
    },
  };
};
