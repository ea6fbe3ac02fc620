/** The shape of `lanscope diff --json`, version 1. Types are derived; the JSON Schema is generated (build-schema.ts). */
import Type from 'typebox';

const closed = { additionalProperties: false } as const;
const maybe = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const DIFF_VERSION = 1;

const Side = Type.Object(
  {
    inputs: Type.Array(Type.String(), { description: 'Names of the captures.' }),
    digest: Type.String({ description: 'Digest of the report.' }),
  },
  closed,
);

const DeviceRef = Type.Object(
  {
    id: Type.String({ description: 'Device id in the report of that side.' }),
    label: Type.String({ description: 'What a person calls it: name or product, as on the wire.' }),
  },
  closed,
);

const Value = Type.Union([Type.String(), Type.Number(), Type.Null()]);

export const ChangeSchema = Type.Object(
  {
    subject: Type.Enum(['input', 'score', 'total', 'device', 'finding'], {
      description: 'What it is about.',
    }),
    kind: Type.Enum(['added', 'removed', 'changed'], {
      description: '`added`: b has it and a has not. `removed`: a has it and b has not.',
    }),
    field: Type.String({
      description: "Property, e.g. `identity.model`, `services`, `severity`; '' for the subject as a whole.",
    }),
    item: Type.String({ description: "Rule of a finding, name of an input; '' otherwise." }),
    device: maybe(
      Type.Object(
        {
          a: maybe(DeviceRef),
          b: maybe(DeviceRef),
          matchedBy: Type.Enum(['mac', 'link', 'name', 'behaviour', ''], {
            description: "How the two were found to be one device; '' when only one side has it.",
          }),
        },
        closed,
      ),
    ),
    a: Value,
    b: Value,
  },
  closed,
);

export const DiffSchema = Type.Object(
  {
    diffVersion: Type.Literal(DIFF_VERSION),
    same: Type.Boolean({ description: 'True when there is no change.' }),
    a: Side,
    b: Side,
    changes: Type.Array(ChangeSchema),
    ignored: Type.Integer({ minimum: 0, description: 'Changes left out by --ignore.' }),
  },
  {
    ...closed,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:lanscope:diff:${DIFF_VERSION}`,
    title: `lanscope diff, version ${DIFF_VERSION}`,
    description: 'What changed from report a to report b.',
  },
);

export type ReportDiff = Type.Static<typeof DiffSchema>;
export type Change = Type.Static<typeof ChangeSchema>;
