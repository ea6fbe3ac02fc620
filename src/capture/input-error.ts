import { LanscopeError } from '../bytes/error.ts';

/** How an input is called in a message. */
export function inputLabel(name: string): string {
  return name === '-' ? 'standard input' : name;
}

/** The error of a system call on an input, as one that a person can mend; anything else is passed through. */
export function inputError(input: string, error: unknown): Error {
  if (error instanceof LanscopeError) return error;
  const name = inputLabel(input);
  const { code, syscall } = error as NodeJS.ErrnoException;
  const cause = { cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new LanscopeError('INPUT_NOT_FOUND', `${name} does not exist`, 'Check the path', cause);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new LanscopeError('INPUT_UNREADABLE', `${name} may not be read`, 'Check its permissions', cause);
  }
  if (code === 'EISDIR') return new LanscopeError('INPUT_UNREADABLE', `${name} is a directory`, '', cause);
  if (code === 'EMFILE' || code === 'ENFILE') {
    return new LanscopeError(
      'INPUT_UNREADABLE',
      `${name}: too many files are open`,
      'Give fewer captures at once',
      cause,
    );
  }
  if (syscall !== undefined) {
    return new LanscopeError('INPUT_UNREADABLE', `${name} could not be read (${code ?? syscall})`, '', cause);
  }
  return error as Error;
}
