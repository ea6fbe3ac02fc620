/**
 * Which fields of a JSON document differ from those of another, by path. Entries of the report's lists are matched by
 * what they are about (a device by its id, a peer by its address), so that one entry more does not shift all others.
 */
export interface FieldChange {
  /** `devices[aa:bb:cc:dd:ee:ff].identity.brand`. */
  readonly path: string;
  /** JSON of the value before, bounded; '' when it was not there. */
  readonly before: string;
  /** JSON of the value now, bounded; '' when it is gone. */
  readonly now: string;
}

export const LIMIT = {
  /** Changes that are told; a document that differs in more is another document. */
  changes: 1000,
  /** Characters of a value. */
  valueLength: 160,
} as const;

/** What identifies an entry of a list, by the name of the list. Findings have hashes for ids: any change is a new id. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  devices: ['id'],
  findings: ['rule', 'device', 'peer'],
  addresses: ['address'],
  names: ['name', 'source'],
  services: ['name', 'port', 'transport', 'source'],
  domains: ['name'],
  peers: ['peer'],
  evidence: ['source', 'value'],
  issues: ['layer', 'code'],
  interfaces: ['name', 'linkTypeName'],
  input: ['name'],
  data: ['name'],
  models: ['name'],
  reasons: ['summary'],
};

type Json = Readonly<Record<string, unknown>>;

/** In the order of the first document. Empty when both are the same. */
export function changedFields(before: unknown, now: unknown): FieldChange[] {
  const changes: FieldChange[] = [];
  compare('', '', before, now, changes);
  return changes;
}

function compare(path: string, list: string, before: unknown, now: unknown, changes: FieldChange[]): void {
  if (changes.length >= LIMIT.changes || Object.is(before, now)) return;
  if (Array.isArray(before) && Array.isArray(now) && hasKeys(list, before, now)) {
    compareLists(path, KEYS[list]!, before as Json[], now as Json[], changes);
  } else if (isObject(before) && isObject(now)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
      compare(path === '' ? key : `${path}.${key}`, key, member(before, key), member(now, key), changes);
    }
  } else {
    const change = { path, before: brief(before), now: brief(now) };
    if (JSON.stringify(before) !== JSON.stringify(now)) changes.push(change);
  }
}

function compareLists(
  path: string,
  keys: readonly string[],
  before: readonly Json[],
  now: readonly Json[],
  changes: FieldChange[],
): void {
  const a = byKey(keys, before);
  const b = byKey(keys, now);
  const count = changes.length;
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    compare(`${path}[${key}]`, '', a.get(key), b.get(key), changes);
  }
  const sameOrder = [...a.keys()].join('\0') === [...b.keys()].join('\0');
  if (changes.length === count && !sameOrder) {
    changes.push({ path: `${path} (order)`, before: brief([...a.keys()]), now: brief([...b.keys()]) });
  }
}

/** Entries with the same key are told apart by their order. */
function byKey(keys: readonly string[], entries: readonly Json[]): Map<string, Json> {
  const found = new Map<string, Json>();
  const times = new Map<string, number>();
  for (const entry of entries) {
    const key = keys
      .map((name) => keyPart(member(entry, name)))
      .filter((part) => part !== '')
      .join(' ');
    const time = (times.get(key) ?? 0) + 1;
    times.set(key, time);
    found.set(time === 1 ? key : `${key} #${time}`, entry);
  }
  return found;
}

function keyPart(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

function hasKeys(list: string, before: readonly unknown[], now: readonly unknown[]): boolean {
  return Object.hasOwn(KEYS, list) && before.every(isObject) && now.every(isObject);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(object: Json, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function brief(value: unknown): string {
  if (value === undefined) return '';
  const text = JSON.stringify(value);
  return text.length <= LIMIT.valueLength ? text : `${text.slice(0, LIMIT.valueLength - 1)}…`;
}
