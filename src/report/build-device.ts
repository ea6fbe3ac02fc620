/** One device of the report: bounded, sorted lists from the registry's maps. */
import { formatMac, isLocalMac, NO_MAC } from '../bytes/address.ts';
import { by, compareNumber, compareText } from '../bytes/order.ts';
import { formatTime } from '../bytes/time.ts';
import type { DevicePeer } from '../device/device.ts';
import type { Evidence } from '../fingerprint/evidence.ts';
import { LIMIT } from './limits.ts';
import type { DeviceFacts, LinkFacts } from './parts.ts';
import type { ReportDevice } from './schema.ts';
import { sortedRecord } from './sorted-record.ts';

/** `digits`: fractional digits of times. */
export function buildDevice(facts: DeviceFacts, digits: number): ReportDevice {
  const { device, identity, traffic } = facts;
  const omitted = new Map<string, number>();
  /** Sorts by `order` and keeps the first `limit`. */
  const keep = <T>(name: string, items: Iterable<T>, order: (a: T, b: T) => number, limit: number): T[] => {
    const sorted = [...items].sort(order);
    if (sorted.length > limit) {
      omitted.set(name, (omitted.get(name) ?? 0) + sorted.length - limit);
      sorted.length = limit;
    }
    return sorted;
  };
  const addresses = keep('addresses', device.addresses.values(), byAddress, LIMIT.addresses);
  const names = keep('names', device.names.values(), bySourceAndName, LIMIT.names);
  const services = keep('services', device.services.values(), byService, LIMIT.services);
  const domains = keep('domains', device.domains, byCountAndName, LIMIT.domains);
  const peers = keep('peers', device.peers.values(), byVolume, LIMIT.peers);
  const links = keep('links', facts.links, byLinkedDevice, LIMIT.links);
  const evidence = keep('evidence', identity.evidence, byWeight, LIMIT.evidence);
  const fingerprints = [...device.fingerprints].map(
    ([kind, values]) => [kind, keep('fingerprints', values, compareText, LIMIT.fingerprintsPerKind)] as const,
  );
  return {
    id: device.id,
    mac: device.mac === NO_MAC ? null : formatMac(device.mac),
    macKind: device.mac === NO_MAC ? 'none' : isLocalMac(device.mac) ? 'local' : 'universal',
    vendor: facts.vendor,
    addresses: addresses.map(({ address, sources, firstSeconds, lastSeconds }) => ({
      address,
      sources: [...sources].sort(compareText),
      firstSeen: formatTime(Math.floor(firstSeconds), 0, 0),
      lastSeen: formatTime(Math.floor(lastSeconds), 0, 0),
    })),
    names: names.map(({ name, source }) => ({ name, source })),
    links: links.map(({ device: other, kind, reason }) => ({ device: other, kind, reason })),
    roles: [...device.roles].sort(compareText),
    risk: { value: facts.risk.value, reasons: [...facts.risk.reasons] },
    ...(facts.scores === undefined || facts.scores === null ? {} : { scores: { ...facts.scores } }),
    identity: {
      brand: identity.brand,
      model: identity.model,
      category: identity.category,
      os: identity.os,
      confidence: identity.confidence,
      evidence: evidence.map(({ source, value, supports, weight }) => ({
        source,
        value,
        supports: { ...supports },
        weight,
      })),
      notes: [...identity.notes],
    },
    fingerprints: sortedRecord(fingerprints),
    services: services.map(({ name, port, transport, source }) => ({ name, port, transport, source })),
    domains: domains.map(([name, count]) => ({ name, count })),
    peers: peers.map(buildPeer),
    traffic: {
      packetsOut: traffic.packetsOut,
      packetsIn: traffic.packetsIn,
      bytesOut: traffic.bytesOut,
      bytesIn: traffic.bytesIn,
    },
    omitted: sortedRecord([...omitted]),
    firstSeen: formatTime(device.firstSeconds, device.firstNanos, digits),
    lastSeen: formatTime(facts.last.seconds, facts.last.nanos, digits),
    firstPacket: device.firstPacket,
  };
}

function buildPeer(peer: DevicePeer): ReportDevice['peers'][number] {
  return {
    peer: peer.peer,
    name: peer.name,
    flows: peer.flows,
    bytesOut: peer.bytesOut,
    bytesIn: peer.bytesIn,
    ports: [...peer.ports].sort(compareText).slice(0, LIMIT.portsPerPeer),
  };
}

const byAddress = by<{ address: string }>(
  (a, b) => compareNumber(Number(a.address.includes(':')), Number(b.address.includes(':'))),
  (a, b) => compareText(a.address, b.address),
);

const bySourceAndName = by<{ name: string; source: string }>(
  (a, b) => compareText(a.source, b.source),
  (a, b) => compareText(a.name, b.name),
);

const byLinkedDevice = by<LinkFacts>((a, b) => compareText(a.device, b.device));

const byService = by<{ name: string; port: number; transport: string; source: string }>(
  (a, b) => compareText(a.name, b.name),
  (a, b) => compareNumber(a.port, b.port),
  (a, b) => compareText(a.transport, b.transport),
  (a, b) => compareText(a.source, b.source),
);

const byCountAndName = by<[string, number]>(
  (a, b) => compareNumber(b[1], a[1]),
  (a, b) => compareText(a[0], b[0]),
);

const byVolume = by<DevicePeer>(
  (a, b) => compareNumber(b.bytesOut + b.bytesIn, a.bytesOut + a.bytesIn),
  (a, b) => compareText(a.peer, b.peer),
);

const byWeight = by<Evidence>(
  (a, b) => compareNumber(b.weight, a.weight),
  (a, b) => compareText(a.source, b.source),
  (a, b) => compareText(a.value, b.value),
);
