/** What is written while packets are read: events and Zeek's logs; and whether files can be written at all. */
import type { Argv } from 'yargs';
import type { Output } from '../engine/output.ts';
import { EventFile } from '../report/events/events.ts';
import { ZeekLogs } from '../report/zeek/logs.ts';
import { requireWritable } from '../store/atomic-file.ts';

export function eventsOption<T>(yargs: Argv<T>) {
  return yargs.option('events', {
    type: 'string',
    describe: 'Write flows, messages, devices and findings as NDJSON, as they come',
    requiresArg: true,
  });
}

export function zeekOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('zeek-logs', {
      type: 'string',
      describe: "Write Zeek's logs (conn.log, dns.log, …) into this folder",
      requiresArg: true,
    })
    .option('zeek-json', { type: 'boolean', implies: 'zeek-logs', describe: 'Those logs as JSON lines' });
}

export interface OutputArguments {
  readonly events?: string | undefined;
  readonly zeekLogs?: string | undefined;
  readonly zeekJson?: boolean | undefined;
}

/** `isScored`: a model says something of each flow, for which logs have columns. */
export function outputsOf({ events, zeekLogs, zeekJson }: OutputArguments, isScored: boolean): Output[] {
  const outputs: Output[] = [];
  if (zeekLogs !== undefined) outputs.push(new ZeekLogs(zeekLogs, zeekJson ? 'json' : 'tsv', isScored));
  if (events !== undefined) outputs.push(new EventFile(events));
  return outputs;
}

/** Before the work is done, not after it. OUTPUT_UNWRITABLE. */
export async function requireWritableOutputs({
  output,
  html,
  events,
}: {
  readonly output?: string | undefined;
  readonly html?: string | undefined;
  readonly events?: string | undefined;
}): Promise<void> {
  for (const path of [output, html, events]) if (path !== undefined) await requireWritable(path);
}
