/** One device seen in two captures. Lists are united and bounded as in a report; traffic adds up. */
import { by, compareNumber, compareText } from '../bytes/order.ts';
import { LIMIT } from '../report/limits.ts';
import type { ReportDevice } from '../report/schema.ts';
import { sortedRecord } from '../report/sorted-record.ts';
import { compareTime, earlier, later } from './time-order.ts';

type Identity = ReportDevice['identity'];
type Peer = ReportDevice['peers'][number];

/** `known` is what the store holds, `seen` what a report says of the same id. */
export function mergeDevice(known: ReportDevice, seen: ReportDevice): ReportDevice {
  const newer = compareTime(seen.lastSeen, known.lastSeen) >= 0 ? seen : known;
  return {
    id: known.id,
    mac: newer.mac,
    macKind: newer.macKind,
    // The registry grows: the report was made with newer data, or with the same.
    vendor: seen.vendor !== '' ? seen.vendor : known.vendor,
    addresses: unite(
      known.addresses,
      seen.addresses,
      ({ address }) => address,
      (a, b) => ({
        address: a.address,
        sources: [...new Set([...a.sources, ...b.sources])].sort(compareText),
        firstSeen: earlier(a.firstSeen, b.firstSeen),
        lastSeen: later(a.lastSeen, b.lastSeen),
      }),
    )
      .sort((a, b) => compareTime(b.lastSeen, a.lastSeen))
      .slice(0, LIMIT.addresses)
      .sort(
        by(
          (a, b) => compareNumber(Number(a.address.includes(':')), Number(b.address.includes(':'))),
          (a, b) => compareText(a.address, b.address),
        ),
      ),
    names: unite(known.names, seen.names, ({ source, name }) => `${source}\0${name}`)
      .sort(
        by(
          (a, b) => compareText(a.source, b.source),
          (a, b) => compareText(a.name, b.name),
        ),
      )
      .slice(0, LIMIT.names),
    links: unite(known.links, seen.links, ({ device }) => device)
      .sort(by((a, b) => compareText(a.device, b.device)))
      .slice(0, LIMIT.links),
    roles: [...new Set([...known.roles, ...seen.roles])].sort(compareText),
    // Of the latest capture: the findings that it stands for are of that time.
    risk: newer.risk,
    identity: mergeIdentity(known.identity, seen.identity),
    fingerprints: mergeFingerprints(known.fingerprints, seen.fingerprints),
    services: unite(known.services, seen.services, (s) => `${s.name}\0${s.port}\0${s.transport}\0${s.source}`)
      .sort(
        by(
          (a, b) => compareText(a.name, b.name),
          (a, b) => compareNumber(a.port, b.port),
          (a, b) => compareText(a.transport, b.transport),
          (a, b) => compareText(a.source, b.source),
        ),
      )
      .slice(0, LIMIT.services),
    domains: unite(
      known.domains,
      seen.domains,
      ({ name }) => name,
      (a, b) => ({ name: a.name, count: a.count + b.count }),
    )
      .sort(
        by(
          (a, b) => compareNumber(b.count, a.count),
          (a, b) => compareText(a.name, b.name),
        ),
      )
      .slice(0, LIMIT.domains),
    peers: unite(known.peers, seen.peers, ({ peer }) => peer, mergePeer)
      .sort(
        by(
          (a, b) => compareNumber(b.bytesOut + b.bytesIn, a.bytesOut + a.bytesIn),
          (a, b) => compareText(a.peer, b.peer),
        ),
      )
      .slice(0, LIMIT.peers),
    traffic: {
      packetsOut: known.traffic.packetsOut + seen.traffic.packetsOut,
      packetsIn: known.traffic.packetsIn + seen.traffic.packetsIn,
      bytesOut: known.traffic.bytesOut + seen.traffic.bytesOut,
      bytesIn: known.traffic.bytesIn + seen.traffic.bytesIn,
    },
    omitted: newer.omitted,
    firstSeen: earlier(known.firstSeen, seen.firstSeen),
    lastSeen: later(known.lastSeen, seen.lastSeen),
    // Packet numbers mean something within one capture only: that of the latest report.
    firstPacket: seen.firstPacket,
  };
}

/** The surer identity stands; of two as sure, the later. Evidence of both is kept, strongest first. */
function mergeIdentity(known: Identity, seen: Identity): Identity {
  const surer = seen.confidence >= known.confidence ? seen : known;
  return {
    ...surer,
    os: surer.os !== '' ? surer.os : known.os,
    evidence: unite(known.evidence, seen.evidence, ({ source, value }) => `${source}\0${value}`)
      .sort(
        by(
          (a, b) => compareNumber(b.weight, a.weight),
          (a, b) => compareText(a.source, b.source),
          (a, b) => compareText(a.value, b.value),
        ),
      )
      .slice(0, LIMIT.evidence),
  };
}

function mergePeer(a: Peer, b: Peer): Peer {
  return {
    peer: a.peer,
    name: b.name !== '' ? b.name : a.name,
    flows: a.flows + b.flows,
    bytesOut: a.bytesOut + b.bytesOut,
    bytesIn: a.bytesIn + b.bytesIn,
    ports: [...new Set([...a.ports, ...b.ports])].sort(compareText).slice(0, LIMIT.portsPerPeer),
  };
}

function mergeFingerprints(
  a: ReportDevice['fingerprints'],
  b: ReportDevice['fingerprints'],
): Record<string, string[]> {
  const kinds = new Set([...Object.keys(a), ...Object.keys(b)]);
  return sortedRecord(
    [...kinds].map((kind) => [
      kind,
      [...new Set([...(a[kind] ?? []), ...(b[kind] ?? [])])]
        .sort(compareText)
        .slice(0, LIMIT.fingerprintsPerKind),
    ]),
  );
}

/** All entries of both lists by key; where both have one, `merge` decides (the later list by default). */
function unite<T>(
  a: readonly T[],
  b: readonly T[],
  key: (item: T) => string,
  merge: (a: T, b: T) => T = (_, later) => later,
): T[] {
  const united = new Map(a.map((item) => [key(item), item]));
  for (const item of b) {
    const known = united.get(key(item));
    united.set(key(item), known === undefined ? item : merge(known, item));
  }
  return [...united.values()];
}
