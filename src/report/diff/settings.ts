/** What counts as a difference: tolerances, and changes that a person does not want to hear of. */
import { readFile } from 'node:fs/promises';
import { LanscopeError } from '../../bytes/error.ts';
import type { Change } from './schema.ts';

export interface DiffSettings {
  /** Patterns of paths that are left out; see `isIgnored`. */
  readonly ignore: readonly string[];
  /** Factor by which bytes, packets, flows or event counts must grow or shrink; 1 reports every change. */
  readonly countRatio: number;
  /** Bytes below which a change of traffic is noise. */
  readonly floorBytes: number;
  /** Change of confidence (0–1) that is reported. */
  readonly confidence: number;
  /** Change of the network's score, and of a device's risk, that is reported. */
  readonly score: number;
}

/** For two captures of one network: traffic varies, what devices are and do should not. */
export const DEFAULT_DIFF: DiffSettings = {
  ignore: [],
  countRatio: 3,
  floorBytes: 100_000,
  confidence: 0.2,
  score: 1,
};

/** For the same capture before and after a change of the program: everything counts. */
export const EXACT_DIFF: DiffSettings = { ignore: [], countRatio: 1, floorBytes: 0, confidence: 0, score: 0 };

/** Settings from a JSON file over `base`. CONFIG_INVALID names the file and the key. */
export async function readDiffSettings(file: string, base: DiffSettings): Promise<DiffSettings> {
  let given: unknown;
  try {
    given = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new LanscopeError(
      'CONFIG_INVALID',
      `${file} cannot be read as JSON: ${(cause as Error).message}`,
      '',
      { cause },
    );
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new LanscopeError('CONFIG_INVALID', `${file} must hold an object`);
  }
  for (const [key, value] of Object.entries(given)) {
    const standard = (base as unknown as Record<string, unknown>)[key];
    const fits =
      key === 'ignore'
        ? Array.isArray(value) && value.every((pattern) => typeof pattern === 'string')
        : typeof standard === 'number' && typeof value === 'number' && Number.isFinite(value) && value >= 0;
    if (!fits) {
      throw new LanscopeError(
        'CONFIG_INVALID',
        `${file}: '${key}' ${standard === undefined ? 'is no setting' : 'has a wrong value'}`,
        `Settings: ${Object.keys(base).join(', ')}`,
      );
    }
  }
  return { ...base, ...(given as Partial<DiffSettings>) };
}

/** Where a change is, as ignore patterns see it: `device/<id>/<field>`, `finding/<rule>/<field>`, `total/<field>`. */
export function changePaths({ subject, field, item, device }: Change): string[] {
  const ids = [device?.a?.id, device?.b?.id].filter((id) => id !== undefined);
  const tail = field === '' ? '' : `/${field}`;
  if (subject === 'device') return ids.map((id) => `device/${id}${tail}`);
  return [`${subject}${item === '' ? '' : `/${item}`}${tail}`, ...ids.map((id) => `device/${id}/${subject}`)];
}

/**
 * True when a pattern covers the change: the pattern is a path or the beginning of one (`device/aa:bb:cc:dd:ee:ff`,
 * `finding/new-device`), with `*` for one whole or part of a segment, or a single word that names a field or a rule
 * anywhere (`addresses`, `traffic`, `port-scan`).
 */
export function isIgnored(change: Change, patterns: readonly string[]): boolean {
  const paths = changePaths(change).map((path) => path.split('/'));
  return patterns.some((pattern) => {
    const wanted = pattern.split('/').map(segmentMatcher);
    if (wanted.length === 1 && paths.some((path) => path.slice(1).some((segment) => wanted[0]!(segment))))
      return true;
    return paths.some(
      (path) => wanted.length <= path.length && wanted.every((matches, i) => matches(path[i]!)),
    );
  });
}

function segmentMatcher(pattern: string): (segment: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (segment) => expression.test(segment);
}
