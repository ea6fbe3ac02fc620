/** Two reports of one device, property by property. */
import type { ReportDevice } from '../schema.ts';
import type { DevicePair } from './match.ts';
import type { PeerNaming, PeerToken } from './peer-key.ts';
import type { Change } from './schema.ts';
import type { DiffSettings } from './settings.ts';
import { differ, grewOrShrank } from './tolerance.ts';

export type ChangeSink = (change: Change) => void;
export type FieldChange = Pick<Change, 'kind' | 'field' | 'a' | 'b'>;

/** A property that is a set: what a person reads of each member, and the key by which both sides are compared. */
type Members = ReadonlyMap<string, string>;

export function compareDevices(
  { a, b }: DevicePair,
  naming: PeerNaming,
  settings: DiffSettings,
  add: (change: FieldChange) => void,
): void {
  const scalar = (field: string, x: string, y: string) => {
    if (x !== y) add({ kind: 'changed', field, a: x, b: y });
  };
  scalar('id', a.id, b.id);
  scalar('vendor', a.vendor, b.vendor);
  scalar('identity.brand', a.identity.brand, b.identity.brand);
  scalar('identity.model', a.identity.model, b.identity.model);
  scalar('identity.category', a.identity.category, b.identity.category);
  scalar('identity.os', a.identity.os, b.identity.os);
  if (differ(a.identity.confidence, b.identity.confidence, settings.confidence)) {
    add({
      kind: 'changed',
      field: 'identity.confidence',
      a: a.identity.confidence,
      b: b.identity.confidence,
    });
  }
  if (differ(a.risk.value, b.risk.value, settings.score)) {
    add({ kind: 'changed', field: 'risk', a: a.risk.value, b: b.risk.value });
  }
  compareSets('names', plain(a.names.map(nameText)), plain(b.names.map(nameText)), add);
  compareSets('addresses', plain(a.addresses.map(addressText)), plain(b.addresses.map(addressText)), add);
  compareSets('roles', plain(a.roles), plain(b.roles), add);
  compareSets('services', plain(a.services.map(serviceText)), plain(b.services.map(serviceText)), add);
  compareSets('fingerprints', plain(fingerprintTexts(a)), plain(fingerprintTexts(b)), add);
  compareSets(
    'domains',
    plain(a.domains.map(({ name }) => name)),
    plain(b.domains.map(({ name }) => name)),
    add,
  );
  compareSets('peers', peers(a, naming.a), peers(b, naming.b), add);
  compareSets('ports', plain(portTexts(a)), plain(portTexts(b)), add);
  for (const direction of ['bytesOut', 'bytesIn'] as const) {
    const [x, y] = [a.traffic[direction], b.traffic[direction]];
    if (grewOrShrank(x, y, settings.countRatio, settings.floorBytes)) {
      add({ kind: 'changed', field: `traffic.${direction}`, a: x, b: y });
    }
  }
}

function compareSets(field: string, a: Members, b: Members, add: (change: FieldChange) => void): void {
  for (const [key, text] of a) if (!b.has(key)) add({ kind: 'removed', field, a: text, b: null });
  for (const [key, text] of b) if (!a.has(key)) add({ kind: 'added', field, a: null, b: text });
}

function plain(texts: readonly string[]): Members {
  return new Map(texts.map((text) => [text, text]));
}

function peers(device: ReportDevice, token: PeerToken): Members {
  return new Map(
    device.peers.map(({ peer, name }) => [token(peer, name), name === '' ? peer : `${name} (${peer})`]),
  );
}

function nameText({ name, source }: ReportDevice['names'][number]): string {
  return `${name} (${source})`;
}

function addressText({ address }: ReportDevice['addresses'][number]): string {
  return address;
}

function serviceText({ name, port, transport }: ReportDevice['services'][number]): string {
  return port > 0 ? `${name} ${transport === '' ? 'port' : transport}/${port}` : name;
}

function fingerprintTexts({ fingerprints }: ReportDevice): string[] {
  return Object.entries(fingerprints).flatMap(([kind, values]) => values.map((value) => `${kind} ${value}`));
}

/** Ports that it reaches at others, whoever they are. */
function portTexts(device: ReportDevice): string[] {
  return device.peers.flatMap(({ ports }) => ports);
}
