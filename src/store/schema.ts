/**
 * What is remembered between runs, version 2. Devices and findings have the shape of the report's, each with the time
 * at which a report last brought it; typebox is loaded only where a store is opened.
 */
import Type, { type TSchema } from 'typebox';
import { DeviceSchema, FindingSchema } from '../report/schema.ts';
import { STORE_VERSION } from './version.ts';

const closed = { additionalProperties: false } as const;

const Capture = Type.Object(
  {
    digest: Type.String({
      description: 'Digest of the report that was saved: the same report is saved once.',
    }),
    names: Type.Array(Type.String()),
    firstTime: Type.Union([Type.String(), Type.Null()]),
    lastTime: Type.Union([Type.String(), Type.Null()]),
    packets: Type.Integer({ minimum: 0 }),
    savedAt: Type.String({ description: 'RFC 3339, UTC.' }),
  },
  closed,
);

const SavedEntry = <T extends TSchema>(entry: T) =>
  Type.Object(
    {
      savedAt: Type.String({ description: 'When a report with it was last saved, RFC 3339, UTC.' }),
      entry,
    },
    closed,
  );

export const StoreSchema = Type.Object(
  {
    storeVersion: Type.Literal(STORE_VERSION),
    captures: Type.Array(Capture, { description: 'Reports that were saved, oldest first, bounded.' }),
    devices: Type.Array(SavedEntry(DeviceSchema), { description: 'By id.' }),
    findings: Type.Array(SavedEntry(FindingSchema), { description: 'Most severe first.' }),
  },
  { ...closed, title: `lanscope store, version ${STORE_VERSION}` },
);

/** Version 1 did not say when an entry was last saved. */
export const StoreSchemaV1 = Type.Object(
  {
    storeVersion: Type.Literal(1),
    captures: Type.Array(Capture),
    devices: Type.Array(DeviceSchema),
    findings: Type.Array(FindingSchema),
  },
  closed,
);

export type StoreDataV1 = Type.Static<typeof StoreSchemaV1>;
export type StoreData = Type.Static<typeof StoreSchema>;
export type SavedCapture = StoreData['captures'][number];

export interface SavedEntry<T> {
  savedAt: string;
  entry: T;
}
