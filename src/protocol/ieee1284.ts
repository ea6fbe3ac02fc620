/** The identity of a printer in the form of IEEE 1284, 7.6: `MFG:Canon;CMD:BJL;MDL:MG5200 series;CLS:PRINTER;`. */
import { MAX_TEXT_BYTES } from '../bytes/text.ts';

export interface Ieee1284Identity {
  readonly manufacturer: string;
  readonly model: string;
  readonly deviceClass: string;
}

const MAX_KEYS = 32;

export function readIeee1284(text: string): Ieee1284Identity {
  const values = new Map<string, string>();
  for (const pair of text.split(';', MAX_KEYS)) {
    const colon = pair.indexOf(':');
    if (colon > 0) values.set(pair.slice(0, colon).trim().toUpperCase(), pair.slice(colon + 1).trim());
  }
  const first = (...keys: readonly string[]): string =>
    keys
      .map((key) => values.get(key) ?? '')
      .find((value) => value !== '')
      ?.slice(0, MAX_TEXT_BYTES) ?? '';
  return {
    manufacturer: first('MFG', 'MANUFACTURER'),
    model: first('MDL', 'MODEL'),
    deviceClass: first('CLS', 'CLASS'),
  };
}
