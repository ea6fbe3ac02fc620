import { LanscopeError } from './error.ts';

const REASON: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is not a folder',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EFBIG: 'it would be larger than is allowed',
  EISDIR: 'it is a folder',
};

/** Why something could not be written, for people: the reason of a failed system call, or its code. */
export function whyUnwritable(code: string): string {
  return REASON[code] ?? code;
}

/** An OUTPUT_UNWRITABLE error for a failed system call; other errors are handed back as they are. */
export function unwritable(path: string, error: unknown): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === undefined || error instanceof LanscopeError) return error;
  return new LanscopeError('OUTPUT_UNWRITABLE', `${path} cannot be written: ${whyUnwritable(code)}`, '', {
    cause: error,
  });
}
