/**
 * One file over HTTP, so that nothing that was received is lost: it grows as `<path>.part`, is continued with a range
 * request (RFC 9110 section 14) after a reset, a stall or the death of the process, and gets its name when it is
 * complete and its checksum is right. `<path>.part.json` keeps the validator of the version it is a part of.
 */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from '../../bytes/make-folder.ts';
import { LanscopeError } from '../../bytes/error.ts';
import { whyUnwritable } from '../../bytes/unwritable.ts';
import { replaceFile } from '../replace-file.ts';

export interface DownloadOptions {
  readonly url: string;
  readonly path: string;
  /** What is known beforehand. */
  readonly bytes?: number | undefined;
  readonly sha256?: string | undefined;
  /** Called with the bytes on disk and the total, 0 when not known. */
  readonly onProgress?: (bytes: number, total: number) => void;
  /** Silence after which a connection is given up. */
  readonly stallMs?: number;
  /** First pause after a failure; doubles up to 32 times as long. */
  readonly retryMs?: number;
}

export interface Downloaded {
  readonly bytes: number;
  readonly sha256: string;
}

export const LIMIT = {
  /** Attempts in a row that bring nothing. */
  fruitlessAttempts: 6,
  /** Times that what came had to be thrown away, in all. */
  spoiltFiles: 6,
} as const;

/** Fetches the file, or the rest of it. FETCH_FAILED; OUTPUT_UNWRITABLE when the disk refuses. */
export async function download(options: DownloadOptions): Promise<Downloaded> {
  const { path, retryMs = 500 } = options;
  makeFolder(dirname(path));
  let fruitless = 0;
  let spoilt = 0;
  for (;;) {
    const before = sizeOf(partOf(path));
    try {
      const total = await attempt(options);
      return await complete(options, total);
    } catch (error) {
      if (error instanceof Refusal) throw failure(options, error.message, '');
      if (!(error instanceof Interruption)) throw error;
      fruitless = sizeOf(partOf(path)) > before ? 0 : fruitless + 1;
      // Counted apart: a server that cuts what it spoils would look as if it brought something.
      if (error instanceof Spoilt) spoilt++;
      if (fruitless >= LIMIT.fruitlessAttempts || spoilt >= LIMIT.spoiltFiles) {
        throw failure(options, error.message, GO_ON);
      }
      await sleep(retryMs * 2 ** Math.min(fruitless, 5));
    }
  }
}

/** It may go better next time. */
class Interruption extends Error {}
/** It may, from the beginning. */
class Spoilt extends Interruption {}
/** It will not. */
class Refusal extends Error {}

/** What can be done where the next attempt may go better. */
export const GO_ON = 'What was received is kept; run it again to go on';

function failure({ url, path }: DownloadOptions, reason: string, hint: string): LanscopeError {
  return new LanscopeError(
    'FETCH_FAILED',
    `${basename(path)} could not be fetched from ${url}: ${reason}`,
    hint,
  );
}

/** One request. Resolves to the total size when the part is complete. */
async function attempt({
  url,
  path,
  bytes,
  sha256,
  onProgress,
  stallMs = 30_000,
}: DownloadOptions): Promise<number> {
  const part = partOf(path);
  const have = sizeOf(part);
  const validator = readValidator(path);
  // Without a validator or a checksum nobody could tell that two halves belong together.
  const resume = have > 0 && (validator !== '' || sha256 !== undefined);
  const abort = new AbortController();
  let stall = setTimeout(() => abort.abort(), stallMs);
  let file: FileHandle | null = null;
  try {
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (resume) {
      headers['range'] = `bytes=${have}-`;
      if (validator !== '') headers['if-range'] = validator;
    }
    const response = await request(url, headers, abort.signal);
    if (response.status === 416) {
      await response.body?.cancel();
      // All of it is here already, or this is a part of something else.
      const total = Number(/^bytes \*\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1]);
      if (total === have) return have;
      removePart(path);
      throw new Spoilt('the server has another version');
    }
    const coding = response.headers.get('content-encoding') ?? 'identity';
    if (coding !== 'identity') {
      // It would be undone on the way: other bytes than were published, and as many as a bomb makes of it.
      await response.body?.cancel();
      throw new Refusal(`the server sends it encoded (${coding}) where it was asked not to`);
    }
    const { offset, total } = placeOf(response, have);
    if (bytes !== undefined && total > 0 && total !== bytes) {
      throw new Refusal(`the server offers ${total} bytes where ${bytes} are expected`);
    }
    writeValidator(path, response);
    const most = bytes ?? (total > 0 ? total : Number.POSITIVE_INFINITY);
    file = await open(part, offset === 0 ? 'w' : 'r+');
    let at = offset;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      clearTimeout(stall);
      stall = setTimeout(() => abort.abort(), stallMs);
      if (at + chunk.length > most) {
        removePart(path);
        throw new Refusal(`the server sends more than ${most} bytes`);
      }
      await file.write(chunk, 0, chunk.length, at);
      at += chunk.length;
      onProgress?.(at, total);
    }
    if (total > 0 && at !== total)
      throw new Interruption(`the connection ended after ${at} of ${total} bytes`);
    await file.sync();
    return at;
  } catch (error) {
    throw classify(error, abort.signal.aborted);
  } finally {
    clearTimeout(stall);
    await file?.close();
  }
}

async function request(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { headers, signal, redirect: 'follow' });
  const { status } = response;
  if (status === 200 || status === 206 || status === 416) return response;
  await response.body?.cancel();
  const temporary = status === 408 || status === 429 || status >= 500;
  throw temporary ? new Interruption(`HTTP status ${status}`) : new Refusal(`HTTP status ${status}`);
}

/** Where the body begins in the file, and how large the file is (0: not told). A server may ignore the range. */
function placeOf(response: Response, have: number): { offset: number; total: number } {
  if (response.status === 200)
    return { offset: 0, total: Number(response.headers.get('content-length') ?? 0) };
  const [, start, total] =
    /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? [];
  if (Number(start) !== have) throw new Refusal('the server answers with another range than was asked for');
  return { offset: have, total: total === '*' ? 0 : Number(total) };
}

function classify(error: unknown, stalled: boolean): unknown {
  if (error instanceof Interruption || error instanceof Refusal || error instanceof LanscopeError)
    return error;
  if (stalled) return new Interruption('nothing came for too long');
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (['ENOSPC', 'EACCES', 'EROFS', 'EDQUOT', 'EFBIG', 'EIO'].includes(code)) {
    return new LanscopeError('OUTPUT_UNWRITABLE', `the file cannot be written: ${whyUnwritable(code)}`, '', {
      cause: error,
    });
  }
  if (!(error instanceof TypeError)) return error;
  // fetch hides the reason in the cause.
  const reason = error.cause instanceof Error ? error.cause.message : error.message;
  // It followed twenty, and would again.
  if (reason === 'redirect count exceeded') return new Refusal('the server redirects again and again');
  return new Interruption(reason);
}

/** Checks what is there, and gives it its name. */
async function complete({ path, bytes, sha256 }: DownloadOptions, size: number): Promise<Downloaded> {
  const part = partOf(path);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(part, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  const digest = hash.digest('hex');
  const wrong =
    bytes !== undefined && bytes !== size
      ? `${size} bytes came where ${bytes} are expected`
      : sha256 !== undefined && sha256 !== digest
        ? `its SHA-256 is ${digest}, expected is ${sha256}`
        : '';
  if (wrong !== '') {
    removePart(path);
    throw new Spoilt(wrong);
  }
  await rename(part, path);
  rmSync(validatorOf(path), { force: true });
  return { bytes: size, sha256: digest };
}

function partOf(path: string): string {
  return `${path}.part`;
}

function validatorOf(path: string): string {
  return `${path}.part.json`;
}

function removePart(path: string): void {
  rmSync(partOf(path), { force: true });
  rmSync(validatorOf(path), { force: true });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** A strong entity tag, else the date of the last change, else ''. */
function writeValidator(path: string, { headers }: Response): void {
  const tag = headers.get('etag') ?? '';
  const validator = tag !== '' && !tag.startsWith('W/') ? tag : (headers.get('last-modified') ?? '');
  replaceFile(validatorOf(path), JSON.stringify({ validator }));
}

function readValidator(path: string): string {
  try {
    const { validator } = JSON.parse(readFileSync(validatorOf(path), 'utf8')) as { validator?: unknown };
    return typeof validator === 'string' ? validator : '';
  } catch {
    return '';
  }
}
