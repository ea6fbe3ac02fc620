import { DEFAULT_BATCH_SIZE, type PacketBatch } from '../packet/batch.ts';
import type { ByteStream } from './byte-stream.ts';
import { Input } from './input.ts';
import { inputError } from './input-error.ts';
import { DEFAULT_CHUNK_BYTES } from './limits.ts';
import { mergeInputs } from './merge.ts';
import type { Source, SourceInfo, SourceOptions } from './source.ts';

/** Opens the bytes of one input and notes in `info` what is known of it in advance. */
export type OpenStream = (info: SourceInfo) => ByteStream | Promise<ByteStream>;

/** Memory that the windows and batches of all inputs together may take when several are merged. */
const MAX_MERGE_CHUNK_BYTES = 16 * 1024 * 1024;
const MAX_MERGE_ROWS = 64 * 1024;

/** The one iterator over any number of inputs. All are opened before the first packet, so errors come first. */
export function inputsSource(
  infos: readonly SourceInfo[],
  openers: readonly OpenStream[],
  options: SourceOptions,
): Source {
  const share = Math.max(1, infos.length);
  const shared: SourceOptions = {
    ...options,
    chunkSize: options.chunkSize ?? Math.min(DEFAULT_CHUNK_BYTES, Math.floor(MAX_MERGE_CHUNK_BYTES / share)),
    batchSize:
      options.batchSize ?? Math.max(16, Math.min(DEFAULT_BATCH_SIZE, Math.floor(MAX_MERGE_ROWS / share))),
  };
  const inputs: Input[] = [];
  let closed = false;

  const close = async (): Promise<void> => {
    closed = true;
    for (const input of inputs) await input.close();
  };

  async function* batches(): AsyncGenerator<PacketBatch, void, undefined> {
    try {
      for (const [index, info] of infos.entries()) {
        const input = new Input(info, index, await openStream(info, openers[index]!), shared);
        inputs.push(input);
        if (closed) return;
        await input.open();
      }
      const [only] = inputs;
      if (inputs.length === 1 && only) {
        while (!closed && (await only.next())) yield only.batch;
      } else {
        for await (const batch of mergeInputs(inputs)) {
          if (closed) return;
          yield batch;
        }
      }
    } finally {
      await close();
    }
  }

  const iterator = batches();
  return { inputs: infos, close, [Symbol.asyncIterator]: () => iterator };
}

async function openStream(info: SourceInfo, open: OpenStream): Promise<ByteStream> {
  try {
    return failingWell(await open(info), info.name);
  } catch (error) {
    throw inputError(info.name, error);
  }
}

/** Turns the errors of system calls into ones that a person can mend. */
function failingWell(stream: ByteStream, name: string): ByteStream {
  const fail = (error: unknown): never => {
    throw inputError(name, error);
  };
  return {
    read(target, offset, length) {
      try {
        const got = stream.read(target, offset, length);
        return typeof got === 'number' ? got : got.catch(fail);
      } catch (error) {
        return fail(error);
      }
    },
    close: () => stream.close(),
    again: () => stream.again?.() ?? null,
  };
}
