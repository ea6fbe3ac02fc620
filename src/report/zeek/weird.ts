import type { ReportIssue } from '../schema.ts';
import { FLOW_ID_FIELDS } from './flow-id.ts';
import type { Field, FieldValue } from './value.ts';

/**
 * weird.log: one row per kind of issue, written at the end with how often it was met and in which packet first. Issues
 * are counted, not kept one by one, so a row has no connection.
 */
export const WEIRD_FIELDS: readonly Field[] = [
  { name: 'ts', type: 'time' },
  ...FLOW_ID_FIELDS,
  { name: 'name', type: 'string' },
  { name: 'addl', type: 'string' },
  { name: 'notice', type: 'bool' },
  { name: 'peer', type: 'string' },
  { name: 'source', type: 'string' },
];

export function weirdValues(issue: ReportIssue, seconds: number): FieldValue[] {
  const first = issue.first.packet === 0 ? '' : `, first in packet ${issue.first.packet}`;
  return [
    `${seconds}.000000`,
    ...FLOW_ID_FIELDS.map(() => undefined),
    `${issue.layer}_${issue.code.replaceAll('-', '_')}`,
    `${issue.count} times${first}: ${issue.text}`,
    false,
    'lanscope',
    issue.layer.toUpperCase(),
  ];
}
