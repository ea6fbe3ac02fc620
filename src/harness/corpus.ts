/** A corpus: a manifest, and where its files are on this machine. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LanscopeError } from '../bytes/error.ts';
import { compareText } from '../bytes/order.ts';
import { type Case, findCases } from './case.ts';
import { type Manifest, type ManifestCase, readManifest } from './manifest.ts';

export interface Corpus {
  readonly manifest: Manifest;
  /** Path of the manifest. */
  readonly path: string;
}

/** A case of a corpus. `capture` is '' when its file is not on this machine. */
export interface CorpusCase extends Case {
  /** Flow labels, or '' when there are none here. */
  readonly labels: string;
  /** Its entry in the manifest; null when it was found by its folder. */
  readonly entry: ManifestCase | null;
}

/** Corpora that come with the program. */
export function bundledCorpora(): string {
  return fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? '../../corpus' : '../corpus', import.meta.url),
  );
}

/** Manifests in `./corpus` and of the program, by name; the nearer one wins. */
export async function listCorpora(folder = 'corpus'): Promise<Corpus[]> {
  const found = new Map<string, Corpus>();
  for (const place of [folder, bundledCorpora()]) {
    for (const path of manifestPaths(place)) {
      const manifest = await readManifest(path);
      if (!found.has(manifest.name)) found.set(manifest.name, { manifest, path });
    }
  }
  return [...found.values()].sort((a, b) => compareText(a.manifest.name, b.manifest.name));
}

/** A corpus by the path of its manifest or by name. INPUT_NOT_FOUND tells which there are. */
export async function openCorpus(nameOrPath: string): Promise<Corpus> {
  if (nameOrPath.endsWith('.json')) return { manifest: await readManifest(nameOrPath), path: nameOrPath };
  const corpora = await listCorpora();
  const corpus = corpora.find(({ manifest }) => manifest.name === nameOrPath);
  if (corpus !== undefined) return corpus;
  throw new LanscopeError(
    'INPUT_NOT_FOUND',
    `there is no corpus '${nameOrPath}'`,
    `Corpora: ${corpora.map(({ manifest }) => manifest.name).join(', ')}; or give the path of a manifest`,
  );
}

function manifestPaths(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort(compareText)
    .map((name) => join(folder, name));
}

/** Where fetched files of a corpus are kept: below XDG_DATA_HOME. */
export function dataFolder({ manifest }: Corpus, environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment['XDG_DATA_HOME'] || join(homedir(), '.local/share');
  return join(base, 'lanscope/corpus', manifest.name);
}

export interface CaseLocations {
  /** Folder of the captures instead of where they are fetched to. */
  readonly from?: string;
  /** Folder of golden reports and expectations instead of the one beside the manifest. */
  readonly golden?: string;
}

/** The cases of a corpus, by name. */
export function corpusCases(corpus: Corpus, locations: CaseLocations = {}): CorpusCase[] {
  const { manifest, path } = corpus;
  if (manifest.folders !== undefined) {
    const root = locations.from ?? resolve(dirname(path), manifest.folders);
    return findCases(root).map((found) => ({
      ...relocate(found, locations.golden),
      labels: '',
      entry: null,
    }));
  }
  const files = locations.from ?? dataFolder(corpus);
  const kept = locations.golden ?? join(dirname(path), manifest.name);
  return (manifest.cases ?? [])
    .map((entry) => {
      const expectation = join(kept, entry.name, 'expect.json');
      return {
        name: entry.name,
        capture: locateFile(files, entry.name, entry.capture.path, COMPRESSED),
        labels: entry.labels === undefined ? '' : locateFile(files, entry.name, entry.labels.path, LABELS),
        golden: join(kept, entry.name, 'report.json'),
        expectation: existsSync(expectation) ? expectation : '',
        truth: '',
        entry,
      };
    })
    .sort((a, b) => compareText(a.name, b.name));
}

function relocate(found: Case, golden: string | undefined): Case {
  return golden === undefined ? found : { ...found, golden: join(golden, found.name, 'report.json') };
}

/** Endings under which people keep a file that was published without. */
const COMPRESSED = ['', '.gz', '.zst', '.xz', '.lz4', '.bz2'];
const LABELS = ['', '.csv'];

/** As published, or flat in the folder of the case, or in `folder` itself; '' when it is in none of them. */
function locateFile(folder: string, name: string, path: string, endings: readonly string[]): string {
  const places = [join(folder, path), join(folder, name, basename(path)), join(folder, basename(path))];
  // A name that all cases share says nothing outside of the folder of its case.
  const distinct = basename(path).startsWith('conn.log') ? places.slice(0, 2) : places;
  for (const place of distinct) {
    for (const ending of endings) if (existsSync(place + ending)) return place + ending;
  }
  return '';
}
