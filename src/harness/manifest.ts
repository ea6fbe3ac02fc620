/** The shape of a corpus manifest (`corpus/*.json`), version 1, and reading it. */
import { readFile } from 'node:fs/promises';
import Type from 'typebox';
import { Check, Errors } from 'typebox/value';
import { LanscopeError } from '../bytes/error.ts';
import { describeMisfit } from '../report/misfit.ts';

const closed = { additionalProperties: false } as const;
const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

/** Below the folder of the corpus, so that no manifest can name a file elsewhere; each file has one path. */
const RelativePath = Type.String({
  pattern: '^(?!lanscope\\.lock\\.json$)(?:(?!\\.{0,2}(?:/|$))[^/\\\\\\0]+(?:/|$))+(?<!/)$',
  description: 'Path below the folder of the corpus, with slashes.',
});

const ManifestFile = Type.Object(
  {
    path: RelativePath,
    url: Type.Optional(
      Type.String({
        pattern: '^https?://',
        description: 'Where it is fetched from; `baseUrl` + `path` if absent.',
      }),
    ),
    bytes: Type.Optional(Type.Integer({ minimum: 0, description: 'Exact size.' })),
    sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
  },
  closed,
);

const MEASURES = {
  precision: Type.Optional(share('Flows called malicious that are labelled so.')),
  recall: Type.Optional(share('Flows labelled malicious that are called so.')),
  f1: Type.Optional(share('Harmonic mean of both.')),
};

const Gates = Type.Object(
  {
    ...MEASURES,
    detectionRecall: Type.Optional(share('Episodes of attacks that are detected (`--detections`).')),
    detectionPrecision: Type.Optional(share('Alarms that are true.')),
    falseAlarmsPerDeviceHour: Type.Optional(
      Type.Number({ minimum: 0, description: 'False alarms, at most.' }),
    ),
    falseAlarmsPerFlow: Type.Optional(
      share(
        'Connections of benign captures that are called anything, by the rules, the model or both, at most.',
      ),
    ),
    labels: Type.Optional(Type.Record(Type.String(), Type.Object(MEASURES, closed))),
    techniques: Type.Optional(Type.Record(Type.String(), Type.Object(MEASURES, closed))),
  },
  {
    ...closed,
    description:
      'What `corpus score` must reach, on the whole, by label and by technique; below it the run fails.',
  },
);

const ManifestCase = Type.Object(
  {
    name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }),
    capture: ManifestFile,
    labels: Type.Optional(ManifestFile),
    packets: Type.Optional(Type.Integer({ minimum: 0, description: 'Exact number of packets.' })),
    facts: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
        description: 'What the publisher says of it, for people. Sizes and counts here may be rounded.',
      }),
    ),
    gates: Type.Optional(Gates),
  },
  closed,
);

export const ManifestSchema = Type.Object(
  {
    manifest: Type.Literal(1, { description: 'Version of this format.' }),
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]*$' }),
    title: Type.String(),
    description: Type.Optional(Type.String()),
    homepage: Type.Optional(Type.String()),
    licence: Type.Optional(Type.String()),
    citation: Type.Optional(Type.String()),
    baseUrl: Type.Optional(Type.String({ pattern: '^https?://.*/$' })),
    folders: Type.Optional(
      Type.String({
        description: 'Folder beside the manifest: every folder below it with a file `capture.*` is a case.',
      }),
    ),
    cases: Type.Optional(Type.Array(ManifestCase)),
    gates: Type.Optional(Gates),
  },
  closed,
);
export type Manifest = Type.Static<typeof ManifestSchema>;
export type ManifestCase = Type.Static<typeof ManifestCase>;
export type ManifestFile = Type.Static<typeof ManifestFile>;
export type Gates = Type.Static<typeof Gates>;

/** Reads a manifest. INPUT_NOT_FOUND, or CONFIG_INVALID that names the file and the place in it. */
export async function readManifest(path: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new LanscopeError('INPUT_NOT_FOUND', `${path} cannot be read`, '', { cause });
  }
  return parseManifest(text, path);
}

/** The manifest in `text`; `name` is what errors call it. CONFIG_INVALID. */
export function parseManifest(text: string, name: string): Manifest {
  const invalid = (what: string) => new LanscopeError('CONFIG_INVALID', `${name}: ${what}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(`is not JSON: ${(cause as Error).message}`);
  }
  if (!Check(ManifestSchema, value)) {
    throw invalid(describeMisfit(Errors(ManifestSchema, value)));
  }
  if ((value.folders === undefined) === (value.cases === undefined)) {
    throw invalid("needs either 'folders' or 'cases'");
  }
  const names = new Set<string>();
  for (const [i, { name: caseName }] of (value.cases ?? []).entries()) {
    if (names.has(caseName)) throw invalid(`/cases/${i} names '${caseName}' a second time`);
    names.add(caseName);
  }
  return value;
}
