/**
 * Where the data files of this room are: `src/fingerprint/data` beside this module in development, `dist/data`
 * beside the bundle's chunks when built (the build copies the folder there). Nothing else may resolve them.
 */
import { fileURLToPath } from 'node:url';

/** Absolute path of a data file or folder, e.g. `dataPath('oui.bin')`. */
export function dataPath(name: string): string {
  return fileURLToPath(new URL(`./data/${name}`, import.meta.url));
}
