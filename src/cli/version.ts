import { readFileSync } from 'node:fs';

/** Filled in by the build; absent when run from the sources. */
declare const LANSCOPE_VERSION: string | undefined;

export function version(): string {
  if (typeof LANSCOPE_VERSION === 'string') return LANSCOPE_VERSION;
  const path = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
