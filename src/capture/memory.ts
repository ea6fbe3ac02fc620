import { memoryStream } from './byte-stream.ts';
import { inputsSource } from './inputs-source.ts';
import { type Source, type SourceOptions, newSourceInfo } from './source.ts';

/** A capture that is already in memory. Several become one in time order, as with files. */
export function openMemory(
  captures: Uint8Array | readonly Uint8Array[],
  options: SourceOptions = {},
  name = 'memory',
): Source {
  const list = captures instanceof Uint8Array ? [captures] : captures;
  const infos = list.map((bytes) => ({ ...newSourceInfo(name), totalBytes: bytes.length }));
  return inputsSource(
    infos,
    list.map((bytes) => () => memoryStream(bytes)),
    options,
  );
}
