/**
 * Files that are whole or not there: written beside their place, flushed to disk, then renamed into it. Whoever reads
 * sees the old content or the new, also after a crash or a loss of power.
 */
import { constants } from 'node:fs';
import {
  access,
  copyFile,
  link,
  lstat,
  open,
  realpath,
  rename,
  unlink,
  type FileHandle,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { unwritable } from '../bytes/unwritable.ts';

export { unwritable };

export interface AtomicWriteOptions {
  /** Permission bits of the file; the process's umask applies. */
  readonly mode?: number;
  /** Path under which the content that is replaced stays available. */
  readonly previous?: string;
  /** The caller holds a lock: what a killed writer left behind is overwritten instead of piling up. */
  readonly locked?: boolean;
}

/** What is written: text in pieces, as UTF-8, or bytes. */
type Content = Iterable<string> | Uint8Array;

/**
 * Writes `content` to `path`. A symbolic link is followed; what is not a regular file (a pipe, /dev/stdout)
 * is written to as it is. OUTPUT_UNWRITABLE when that fails, and `path` is as it was.
 */
export async function writeFileAtomically(
  path: string,
  content: Content,
  options: AtomicWriteOptions = {},
): Promise<void> {
  try {
    const target = await resolveTarget(path);
    if (!target.regular) return await writeInto(target.path, content);
    await replaceFile(target.path, content, options);
  } catch (error) {
    throw unwritable(path, error);
  }
}

async function replaceFile(
  path: string,
  content: Content,
  { mode = 0o666, previous, locked = false }: AtomicWriteOptions,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${locked ? '' : `${process.pid}.`}tmp`);
  await unlinkIfThere(temporary);
  const file = await open(temporary, 'wx', mode);
  try {
    await writeContent(file, content);
    await file.sync();
    await file.close();
    if (previous !== undefined) await keepAs(path, previous);
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => {});
    await unlinkIfThere(temporary);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes the present content of `path`, if there is one, available as `previous` too, without ever moving `path`. */
async function keepAs(path: string, previous: string): Promise<void> {
  const temporary = `${previous}.tmp`;
  await unlinkIfThere(temporary);
  try {
    await link(path, temporary);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    // Some file systems have no links.
    await copyFile(path, temporary);
  }
  await rename(temporary, previous);
  // Where both are the same file already, as after a save that was killed here, renaming does nothing (POSIX).
  await unlinkIfThere(temporary);
}

/** Joined to pieces of this many characters: a system call per chunk would dominate. */
const PIECE = 1 << 18;

async function writeContent(file: FileHandle, content: Content): Promise<void> {
  if (content instanceof Uint8Array) return file.writeFile(content);
  let piece = '';
  for (const chunk of content) {
    piece += chunk;
    if (piece.length < PIECE) continue;
    await file.writeFile(piece);
    piece = '';
  }
  if (piece !== '') await file.writeFile(piece);
}

async function writeInto(path: string, content: Content): Promise<void> {
  const file = await open(path, 'w');
  try {
    await writeContent(file, content);
  } finally {
    await file.close();
  }
}

async function resolveTarget(path: string): Promise<{ path: string; regular: boolean }> {
  try {
    const resolved = await realpath(path);
    return { path: resolved, regular: (await lstat(resolved)).isFile() };
  } catch (error) {
    if (isCode(error, 'ENOENT')) return { path, regular: true };
    throw error;
  }
}

/** A rename is durable when the folder is flushed. Some file systems cannot do that; then nothing is lost but time. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  if (handle === null) return;
  await handle.sync().catch(() => {});
  await handle.close();
}

async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!isCode(error, 'ENOENT')) throw error;
  });
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

/** Finds out before the work is done whether its result can be written. OUTPUT_UNWRITABLE. */
export async function requireWritable(path: string): Promise<void> {
  try {
    const target = await resolveTarget(path);
    if (!target.regular && (await lstat(target.path)).isDirectory()) {
      throw Object.assign(new Error(), { code: 'EISDIR' });
    }
    await access(target.regular ? dirname(target.path) : target.path, constants.W_OK);
  } catch (error) {
    throw unwritable(path, error);
  }
}
