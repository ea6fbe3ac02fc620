/**
 * The room `capture`: whatever holds packets becomes one iterator of batches. It decides where a packet starts and
 * ends and when it was captured, and nothing about what is in it. What holds for every source: memory does
 * not grow with the input, the packets do not depend on the chunk or batch size, damage is told and never thrown, and a
 * packet that was complete before damage is never lost.
 */
import { createReadStream, fstatSync, openSync, statSync } from 'node:fs';
import { LanscopeError } from '../bytes/error.ts';
import type { ByteStream } from './byte-stream.ts';
import { fileStream } from './file-stream.ts';
import { inputsSource } from './inputs-source.ts';
import { pipeStream } from './pipe-stream.ts';
import { type Source, type SourceInfo, type SourceOptions, newSourceInfo } from './source.ts';

/** The name by which standard input is given. */
export const STDIN = '-';

/**
 * Captures by path, `-` being standard input, as one source in time order. Nothing is opened before the first pull,
 * which rejects with a `LanscopeError` when an input is missing, unreadable, empty or not a capture.
 */
export function openCaptures(paths: readonly string[], options: SourceOptions = {}): Source {
  if (paths.length === 0) throw new LanscopeError('USAGE', 'No capture was given');
  if (paths.filter((path) => path === STDIN).length > 1) {
    throw new LanscopeError('USAGE', 'Standard input can be read only once', `Give ${STDIN} once`);
  }
  const infos = paths.map((path) => newSourceInfo(path));
  return inputsSource(
    infos,
    paths.map((path) => (path === STDIN ? openStdin : openPath)),
    options,
  );
}

function openStdin(info: SourceInfo): ByteStream {
  const stat = fstatSync(0);
  if (!stat.isFile()) return pipeStream(process.stdin);
  info.totalBytes = stat.size;
  return fileStream(0, false);
}

function openPath(info: SourceInfo): ByteStream {
  const stat = statSync(info.name);
  // A FIFO is opened off the main thread: opening it waits for its writer.
  if (!stat.isFile() && !stat.isDirectory()) return pipeStream(createReadStream(info.name));
  info.totalBytes = stat.size;
  return fileStream(openSync(info.name, 'r'), true);
}
