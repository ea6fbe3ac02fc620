/** A difference as one HTML file. */
import { escapeHtml } from '../html/escape.ts';
import { htmlPage } from '../html/page.ts';
import { diffSummary, phraseGroups } from './phrase.ts';
import type { ReportDiff } from './schema.ts';

const CLASSES = { '+': 'plus', '-': 'minus', '~': '' } as const;

export function renderDiffHtml(diff: ReportDiff): Iterable<string> {
  const title = `${diff.a.inputs.join(', ')} → ${diff.b.inputs.join(', ')}`;
  return htmlPage(`lanscope diff: ${title}`, diffBody(diff, title));
}

function* diffBody(diff: ReportDiff, title: string): Generator<string> {
  yield `<h1>What changed</h1>\n<p class="mono">${escapeHtml(title)}</p>\n<p>${escapeHtml(diffSummary(diff))}</p>\n`;
  for (const group of phraseGroups(diff)) {
    yield `<h2>${escapeHtml(group.title)}</h2>\n<ul>\n`;
    for (const { mark, text, severity } of group.phrases) {
      const badge = severity === null ? '' : `<span class="badge ${severity}">${severity}</span> `;
      yield `<li class="${CLASSES[mark]}">${mark === '-' ? '−' : mark} ${badge}${escapeHtml(text)}</li>\n`;
    }
    yield '</ul>\n';
  }
}
