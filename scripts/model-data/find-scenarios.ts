/** The scenarios that are on this machine. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '../../src/bytes/order.ts';
import { corpusCases, openCorpus } from '../../src/harness/corpus.ts';
import type { Scenario } from './scenario.ts';

/** IoT-23: labelled logs, fetched by `lanscope corpus fetch iot-23 --part labels` or in `folder`. */
export async function iot23(folder: string | undefined): Promise<Scenario[]> {
  const corpus = await openCorpus('iot-23');
  const cases = corpusCases(corpus, folder === undefined ? {} : { from: folder });
  return cases
    .filter(({ labels }) => labels !== '')
    .map(({ name, labels }) => ({
      name,
      kind: 'real',
      inputs: [labels],
      unlabelled: '',
      origin: corpus.manifest.homepage ?? '',
      licence: 'CC BY 4.0',
    }));
}

/** Captures of devices at their work, a folder a device; nothing in them is labelled. */
export function benignFolders(root: string, name: string, origin: string, licence: string): Scenario[] {
  const folder = join(root, name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({
      name: `${name}/${entry.name}`,
      kind: 'real' as const,
      inputs: capturesIn(join(folder, entry.name)),
      unlabelled: 'benign' as const,
      origin,
      licence,
    }))
    .sort((a, b) => compareText(a.name, b.name));
}

/** As above for a folder whose captures name their device up to the second underscore. */
export function benignByName(root: string, name: string, origin: string, licence: string): Scenario[] {
  const folder = join(root, name);
  if (!existsSync(folder)) return [];
  const byDevice = new Map<string, string[]>();
  for (const path of capturesIn(folder)) {
    const device = /([^/_]+_[^_.]+)[^/]*$/.exec(path)?.[1] ?? 'device';
    byDevice.set(device, [...(byDevice.get(device) ?? []), path]);
  }
  return [...byDevice].map(([device, inputs]) => ({
    name: `${name}/${device}`,
    kind: 'real',
    inputs,
    unlabelled: 'benign',
    origin,
    licence,
  }));
}

/** The networks of the laboratory in which nothing is wrong, recorded for corpus/. */
export function laboratory(): Scenario[] {
  return ['home-lan', 'office-lan'].map((name) => ({
    name: `corpus/${name}`,
    kind: 'real',
    inputs: [join('corpus', name, 'capture.pcapng')],
    unlabelled: 'benign',
    origin: 'recorded in the laboratory of this project (scripts/lab)',
    licence: 'as this project',
  }));
}

export function simulated(folder: string): Scenario[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log.labeled'))
    .sort(compareText)
    .map((name) => ({
      name: `simulated/${name.replace('.log.labeled', '')}`,
      kind: 'simulated',
      inputs: [join(folder, name)],
      unlabelled: '',
      origin: 'scripts/simulate-flows.ts',
      licence: 'as this project',
    }));
}

function capturesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.pcap(?:ng)?$/.test(name))
    .sort(compareText)
    .map((name) => join(folder, name));
}
