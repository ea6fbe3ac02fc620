/** The files of a corpus: which are wanted, which are here, and fetching the rest, several at once. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../bytes/make-folder.ts';
import { LanscopeError } from '../../bytes/error.ts';
import type { Manifest, ManifestFile } from '../manifest.ts';
import { fileDigest } from '../report-cache.ts';
import { download, type DownloadOptions, GO_ON } from './download.ts';
import { Lock } from './lock.ts';

export interface FetchOptions {
  readonly folder: string;
  /** Instead of the manifest's base address. */
  readonly mirror?: string | undefined;
  /** Files at once. */
  readonly parallel: number;
  readonly onFile?: (result: FetchResult) => void;
  readonly onProgress?: (path: string, bytes: number, total: number) => void;
  /** For tests. */
  readonly timing?: Pick<DownloadOptions, 'stallMs' | 'retryMs'>;
}

export interface FetchResult {
  readonly path: string;
  /** `present`: it was here already. */
  readonly status: 'fetched' | 'present' | 'failed';
  readonly bytes: number;
  /** Why it failed. */
  readonly reason: string;
  /** It failed, and may come when it is asked for again. */
  readonly mayGoOn: boolean;
}

/** Fetches what is not here. A file that fails does not keep the others from coming. */
export async function fetchFiles(
  manifest: Manifest,
  files: readonly ManifestFile[],
  options: FetchOptions,
): Promise<FetchResult[]> {
  makeFolder(options.folder);
  const lock = new Lock(options.folder);
  const results: FetchResult[] = [];
  // Cases may share a file.
  const waiting = [...new Map(files.map((file) => [file.path, file])).values()];
  const fetchOn = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const result = await fetchFile(manifest, file, lock, options);
      results.push(result);
      options.onFile?.(result);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.parallel) }, fetchOn));
  return results;
}

async function fetchFile(
  manifest: Manifest,
  file: ManifestFile,
  lock: Lock,
  { folder, mirror, onProgress, timing }: FetchOptions,
): Promise<FetchResult> {
  const target = join(folder, file.path);
  const locked = lock.get(file.path);
  const bytes = file.bytes ?? locked?.bytes;
  const sha256 = file.sha256 ?? locked?.sha256;
  try {
    const url = addressOf(manifest, file, mirror);
    const stat = statSync(target, { throwIfNoEntry: false });
    if (stat?.isFile() === false) return failed(file.path, `${target} is no file`);
    const size = stat?.size;
    if (size !== undefined && (bytes === undefined || size === bytes)) {
      // In the lock: it was checked when it came. Otherwise somebody put it here.
      if (locked === undefined) {
        const digest = await fileDigest(target);
        if (sha256 !== undefined && digest !== sha256) {
          return failed(file.path, `${target} is here with another content; remove it to fetch it`);
        }
        lock.set(file.path, { url, bytes: size, sha256: digest });
      }
      return { path: file.path, status: 'present', bytes: size, reason: '', mayGoOn: false };
    }
    if (size !== undefined) {
      return failed(
        file.path,
        `${target} is here with ${size} bytes instead of ${bytes}; remove it to fetch it`,
      );
    }
    const got = await download({
      url,
      path: target,
      bytes,
      sha256,
      ...timing,
      onProgress: (done, total) => onProgress?.(file.path, done, total),
    });
    lock.set(file.path, { url, ...got });
    return { path: file.path, status: 'fetched', bytes: got.bytes, reason: '', mayGoOn: false };
  } catch (error) {
    if (error instanceof LanscopeError) {
      return { ...failed(file.path, error.message), mayGoOn: error.hint === GO_ON };
    }
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    return failed(file.path, `${target} cannot be written (${code})`);
  }
}

function failed(path: string, reason: string): FetchResult {
  return { path, status: 'failed', bytes: 0, reason, mayGoOn: false };
}

/** CONFIG_INVALID where there is none, or none of HTTP: the address comes from whoever wrote the manifest. */
function addressOf({ name, baseUrl }: Manifest, file: ManifestFile, mirror: string | undefined): string {
  const own = mirror === undefined ? file.url : undefined;
  const base = mirror ?? baseUrl;
  if (own === undefined && base === undefined) {
    throw new LanscopeError('CONFIG_INVALID', `corpus ${name} does not say where ${file.path} is`);
  }
  const encoded = file.path.split('/').map(encodeURIComponent).join('/');
  const address = own ?? `${base?.replace(/\/?$/, '/')}${encoded}`;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new LanscopeError('CONFIG_INVALID', `${own ?? base} is no address of a web server`);
  }
  return new URL(address).href;
}
