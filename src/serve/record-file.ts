import { type FileHandle, open } from 'node:fs/promises';
import { unwritable } from '../store/atomic-file.ts';

/** Keeps the bytes of a live source: as it hands on pcapng, the file is a capture. */
export class RecordFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #onFailure: (error: Error) => void;
  #isBroken = false;

  private constructor(path: string, file: FileHandle, onFailure: (error: Error) => void) {
    this.#path = path;
    this.#file = file;
    this.#onFailure = onFailure;
  }

  /** OUTPUT_UNWRITABLE when it cannot be made. `onFailure` is told once if it can no longer be written later on. */
  static async create(path: string, onFailure: (error: Error) => void): Promise<RecordFile> {
    try {
      return new RecordFile(path, await open(path, 'w', 0o600), onFailure);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /** Never rejects: the analysis goes on without the recording. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#isBroken) return;
    try {
      for (let at = 0; at < bytes.length;) {
        at += (await this.#file.write(bytes, at)).bytesWritten;
      }
    } catch (error) {
      this.#isBroken = true;
      this.#onFailure(unwritable(this.#path, error) as Error);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
