/** Where the store lies unless `--db` says otherwise (XDG Base Directory Specification). */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export function defaultStorePath(env: NodeJS.ProcessEnv = process.env): string {
  const data = env['XDG_DATA_HOME'] ?? '';
  // The specification: a relative path is invalid and to be ignored.
  return join(isAbsolute(data) ? data : join(homedir(), '.local/share'), 'lanscope', 'lanscope.json');
}
