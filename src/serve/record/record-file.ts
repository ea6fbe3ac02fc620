import { type FileHandle, open } from 'node:fs/promises';

/**
 * A file that grows by whole blocks: when the disk is full in the middle of one, the file is cut back to the last
 * whole one, so that what is there can always be read.
 */
export class RecordFile {
  readonly path: string;
  /** Bytes of whole blocks. */
  bytes = 0;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** Rejects with the error of the system call. */
  static async create(path: string): Promise<RecordFile> {
    return new RecordFile(path, await open(path, 'w', 0o600));
  }

  /** Appends whole blocks, all or none of them. Rejects with the error of the system call. */
  async append(blocks: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < blocks.length;) {
        // Without a position, since it may be a pipe.
        at += (await this.#file.write(blocks, at)).bytesWritten;
      }
      this.bytes += blocks.length;
    } catch (error) {
      await this.#file.truncate(this.bytes).catch(() => {});
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
