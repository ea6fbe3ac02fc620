/**
 * What is remembered between runs, version 1. Devices and findings have the shape of the report's; typebox is loaded
 * only where a store is opened.
 */
import Type from 'typebox';
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

export const StoreSchema = Type.Object(
  {
    storeVersion: Type.Literal(STORE_VERSION),
    captures: Type.Array(Capture, { description: 'Reports that were saved, oldest first, bounded.' }),
    devices: Type.Array(DeviceSchema, { description: 'By id.' }),
    findings: Type.Array(FindingSchema, { description: 'Most severe first.' }),
  },
  { ...closed, title: `lanscope store, version ${STORE_VERSION}` },
);

export type StoreData = Type.Static<typeof StoreSchema>;
export type SavedCapture = StoreData['captures'][number];
