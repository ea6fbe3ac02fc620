import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where reports are kept: `$XDG_CACHE_HOME/lanscope/reports`. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'lanscope/reports');
}
