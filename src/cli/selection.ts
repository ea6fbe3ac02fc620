/** The options that choose packets: --filter, --since, --until, --limit. */
import type { Argv } from 'yargs';
import { LanscopeError } from '../bytes/error.ts';
import { compileFilter } from '../packet/filter/compile.ts';
import type { Selection } from '../engine/selection.ts';

export function selectionOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('filter', {
      type: 'string',
      describe: "Only packets that match, in tcpdump's language: 'tcp port 443 and not host 10.0.0.1'",
      requiresArg: true,
    })
    .option('since', {
      type: 'string',
      describe: 'Only packets at or after this time (RFC 3339 or epoch seconds)',
      requiresArg: true,
    })
    .option('until', { type: 'string', describe: 'Only packets before this time', requiresArg: true })
    .option('limit', { type: 'number', describe: 'At most this many packets', requiresArg: true });
}

interface SelectionArguments {
  readonly filter?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly limit?: number | undefined;
}

/** What the options say; null when they say nothing. USAGE or FILTER_INVALID when a value makes no sense. */
export function selectionOf({ filter, since, until, limit }: SelectionArguments): Selection | null {
  if (filter === undefined && since === undefined && until === undefined && limit === undefined) return null;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0)) {
    throw new LanscopeError('USAGE', '--limit must be a whole number of packets');
  }
  return {
    ...(filter === undefined ? {} : { filter: compileFilter(filter) }),
    ...(since === undefined ? {} : { since: parseTime('--since', since) }),
    ...(until === undefined ? {} : { until: parseTime('--until', until) }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** Epoch seconds of an RFC 3339 time, of a date, or of a number. A time without a zone is UTC. */
function parseTime(option: string, text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  if (/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text)) {
    const iso = text.replace(' ', 'T');
    const zoned = iso.length === 10 || /(Z|[+-]\d{2}:\d{2})$/.test(iso) ? iso : `${iso}Z`;
    const milliseconds = Date.parse(zoned);
    if (!Number.isNaN(milliseconds)) return milliseconds / 1000;
  }
  throw new LanscopeError('USAGE', `${option} '${text}' is not a time`, 'Write it as 2026-01-31T13:45:00Z');
}
