/** Why a file could not be read, as a clause after its name. */
export function unreadable(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'is not there' : `cannot be read (${code ?? 'unknown'})`;
}
