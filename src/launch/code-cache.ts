/**
 * Where compiled code lies between runs, and what is believed of it. V8 takes compiled code as it is, so a file is used
 * only if nobody but this user can have written it and its check sums hold for it and for the source that
 * it was compiled from; V8 itself refuses what another version, processor or set of flags made. Nothing here
 * throws: without a cache the program starts slower and is the same.
 */
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { crc32 } from 'node:zlib';

/** Compiled code of one script, as the runs so far left it. */
export interface CachedCode {
  readonly code: Buffer;
  /** How many runs added to it. */
  readonly generation: number;
}

/** Magic and version of the format; check sum of the source; generation; check sum of the code. 32-bit words. */
const HEADER_BYTES = 16;
const MAGIC = 0x4c53_4301;
const MAX_BYTES = 32 << 20;

/**
 * The folder for compiled code, or null when there is to be none: `LANSCOPE_CODE_CACHE=off`, no place for caches (XDG
 * Base Directory Specification), or one of somebody else, as under `sudo`.
 */
export function codeCacheFolder(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env['LANSCOPE_CODE_CACHE'] === 'off') return null;
  const windows = process.platform === 'win32';
  const stated = env[windows ? 'LOCALAPPDATA' : 'XDG_CACHE_HOME'] ?? '';
  const home = env['HOME'] ?? '';
  try {
    if (isAbsolute(stated)) return isOwn(statSync(stated)) ? join(stated, 'lanscope') : null;
    return !windows && isAbsolute(home) && isOwn(statSync(home)) ? join(home, '.cache', 'lanscope') : null;
  } catch {
    return null;
  }
}

/** The code that `file` holds for the source with this check sum (CRC-32), or null. */
export function readCachedCode(file: string, sourceSum: number): CachedCode | null {
  let bytes: Buffer;
  try {
    // Neither another file by way of a link nor a pipe that nobody writes to.
    const handle = openSync(
      file,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    try {
      const stats = fstatSync(handle);
      if (!stats.isFile() || !isTrusted(stats) || stats.size < HEADER_BYTES || stats.size > MAX_BYTES)
        return null;
      bytes = readFileSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    return null;
  }
  if (bytes.length < HEADER_BYTES) return null;
  const code = bytes.subarray(HEADER_BYTES);
  if (bytes.readUInt32LE(0) !== MAGIC) return null;
  if (bytes.readUInt32LE(4) !== sourceSum || bytes.readUInt32LE(12) !== crc32(code)) return null;
  return { code, generation: bytes.readUInt32LE(8) };
}

/** Puts `file` in its place as a whole, or leaves all as it was. */
export function writeCachedCode(file: string, sourceSum: number, { code, generation }: CachedCode): void {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(sourceSum, 4);
  header.writeUInt32LE(generation, 8);
  header.writeUInt32LE(crc32(code), 12);
  const folder = dirname(file);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    for (const each of [dirname(folder), folder]) makeFolder(each);
    if (!isTrusted(statSync(folder))) return;
    try {
      writeFileSync(temporary, Buffer.concat([header, code]), { flag: 'wx', mode: 0o600 });
      renameSync(temporary, file);
    } catch {
      rmSync(temporary, { force: true });
    }
  } catch {
    // A full or read-only disk: the next run tries again.
  }
}

function isOwn({ uid }: Stats): boolean {
  const user = process.geteuid?.();
  return user === undefined || uid === user;
}

/** Whether nobody else can have written it. Windows keeps a user's folders to that user. */
function isTrusted(stats: Stats): boolean {
  return process.geteuid === undefined || (isOwn(stats) && (stats.mode & 0o022) === 0);
}

/** One level: where no folder can be made, all levels at once are tried without end (/proc). */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch {
    // It is there, or what is written into it fails.
  }
}
