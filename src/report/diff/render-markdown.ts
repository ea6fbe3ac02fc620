/** A difference as Markdown, for a pull request. Text from the wire cannot form markup, links or mentions. */
import { codeSpan as code } from '../markdown.ts';
import { diffSummary, phraseGroups } from './phrase.ts';
import type { ReportDiff } from './schema.ts';

/** Changes shown per group: a comment has a limited length. */
const MAX_CHANGES = 40;
const MAX_GROUPS = 60;

/** Ends with a newline. */
export function renderDiffMarkdown(diff: ReportDiff): string {
  const sides = `${code(diff.a.inputs.join(', '))} → ${code(diff.b.inputs.join(', '))}`;
  const lines = ['### lanscope: what changed', '', sides, '', `**${diffSummary(diff)}**`];
  const groups = phraseGroups(diff);
  for (const { title, phrases } of groups.slice(0, MAX_GROUPS)) {
    lines.push('', `#### ${code(title)}`, '');
    for (const { mark, text, severity } of phrases.slice(0, MAX_CHANGES)) {
      const word = { '+': 'new', '-': 'gone', '~': 'changed' }[mark];
      lines.push(
        `- ${severity === 'high' || severity === 'critical' ? '**' : ''}${word}${severity === 'high' || severity === 'critical' ? '**' : ''} ${code(text)}`,
      );
    }
    if (phrases.length > MAX_CHANGES) lines.push(`- and ${phrases.length - MAX_CHANGES} more`);
  }
  if (groups.length > MAX_GROUPS) lines.push('', `and ${groups.length - MAX_GROUPS} more devices`);
  return `${lines.join('\n')}\n`;
}
