import { readFile, stat } from 'node:fs/promises';
import { UnusableModel } from './description.ts';

/** Largest model file that is read: those that are trained and learned here have some MB. */
const MAX_MODEL_BYTES = 128 * 1024 * 1024;

/** All of a model file. Throws `UnusableModel`: its message is a clause after the file's name. */
export async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    // A pipe or a device says nothing of how much would come.
    if (!found.isFile()) throw new UnusableModel('is no file');
    if (found.size > MAX_MODEL_BYTES) {
      throw new UnusableModel(`is larger than ${MAX_MODEL_BYTES / 2 ** 20} MiB, as no model is`);
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof UnusableModel) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UnusableModel(code === 'ENOENT' ? 'is not there' : `cannot be read (${code ?? 'unknown'})`);
  }
}
