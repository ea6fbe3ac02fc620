/**
 * What really happened in a capture, version 1: `truth.json` beside it, or any file that names its capture. It lists the
 * attacks, episode by episode; whatever is not listed is benign. See corpus/README.md.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Type from 'typebox';
import { Check, Errors } from 'typebox/value';
import { LanscopeError } from '../bytes/error.ts';
import { compareText } from '../bytes/order.ts';
import { describeMisfit } from '../report/misfit.ts';

const closed = { additionalProperties: false } as const;
const names = (description: string) => Type.Array(Type.String({ minLength: 1 }), { description });
const time = (description: string) =>
  Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$', description });

const EpisodeSchema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]*$', description: 'Kind of attack.' }),
    technique: Type.String({ pattern: '^T\\d{4}(\\.\\d{3})?$', description: 'MITRE ATT&CK technique id.' }),
    rules: Type.Array(Type.String(), {
      minItems: 1,
      description: 'A finding of one of these rules detects it.',
    }),
    also: Type.Optional(
      names('Rules whose findings are true of it as well, without saying what it is: no false alarms.'),
    ),
    actors: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description:
        'Who does it: device ids (MAC addresses) and addresses that it sends with; `*` when nobody could say who.',
    }),
    targets: names('Whom it is done to: device ids, addresses.'),
    from: time('First packet of it.'),
    to: time('Last packet of it.'),
    packets: Type.Optional(
      Type.Object(
        {
          filter: Type.String({ description: 'Capture filter (pcap-filter) that its packets match.' }),
          first: Type.Integer({ minimum: 1, description: 'Number of the first one.' }),
          last: Type.Integer({ minimum: 1 }),
          count: Type.Integer({ minimum: 1 }),
        },
        closed,
      ),
    ),
    tool: Type.Optional(Type.String({ description: 'What sent it.' })),
  },
  closed,
);

export const TruthSchema = Type.Object(
  {
    truth: Type.Literal(1, { description: 'Version of this format.' }),
    capture: Type.String({
      pattern: '^(?!/)(?!.*(?:^|/)\\.\\.(?:/|$))[^\\\\\\0]+$',
      description: 'Path below the folder of this file.',
    }),
    description: Type.Optional(Type.String()),
    facts: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
        description: 'How it came about, for people.',
      }),
    ),
    gaps: Type.Optional(
      Type.Array(
        Type.Object(
          {
            afterPacket: Type.Integer({ minimum: 0 }),
            seconds: Type.Number({ exclusiveMinimum: 0 }),
          },
          closed,
        ),
        {
          description:
            'Time that was inserted: everything after this packet was recorded so much earlier than its timestamp says, relative to what is before.',
        },
      ),
    ),
    episodes: Type.Array(EpisodeSchema),
  },
  closed,
);
export type Truth = Type.Static<typeof TruthSchema>;
export type TruthEpisode = Type.Static<typeof EpisodeSchema>;

/** A capture and what happened in it. */
export interface TrueCapture {
  /** For people: the folder of the truth file, or the path of the capture. */
  readonly name: string;
  readonly capture: string;
  readonly episodes: readonly TruthEpisode[];
}

/** Truth files by path; a folder stands for every `truth.json` in and below it. INPUT_NOT_FOUND, CONFIG_INVALID. */
export function readTruths(paths: readonly string[]): TrueCapture[] {
  return paths.flatMap((path) => {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [readTruth(path)];
    const found = readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((file) => basename(file) === 'truth.json')
      .sort(compareText);
    if (found.length === 0)
      throw new LanscopeError('INPUT_NOT_FOUND', `${path}: no truth.json in or below it`);
    return found.map((file) => readTruth(join(path, file)));
  });
}

export function readTruth(path: string): TrueCapture {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new LanscopeError('INPUT_NOT_FOUND', `${path} cannot be read`, '', { cause });
  }
  const truth = parseTruth(text, path);
  const capture = join(dirname(path), truth.capture);
  if (!existsSync(capture))
    throw new LanscopeError('INPUT_NOT_FOUND', `${capture}, which ${path} names, is not there`);
  return { name: dirname(path), capture, episodes: truth.episodes };
}

/** `name` is what errors call it. CONFIG_INVALID. */
export function parseTruth(text: string, name: string): Truth {
  const invalid = (what: string) => new LanscopeError('CONFIG_INVALID', `${name}: ${what}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(`is not JSON: ${(cause as Error).message}`);
  }
  if (!Check(TruthSchema, value)) {
    throw invalid(describeMisfit(Errors(TruthSchema, value)));
  }
  for (const [i, { from, to }] of value.episodes.entries()) {
    if (Date.parse(from) > Date.parse(to)) throw invalid(`/episodes/${i} ends before it begins`);
  }
  return value;
}
