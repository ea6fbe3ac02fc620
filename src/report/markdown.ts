/** Text from the wire in Markdown, as it is shown on pull requests. */
import { escapeForTerminal } from '../bytes/text.ts';

/**
 * A code span: nothing inside is markup, a link or a mention (an escaped `@` would still be one: mentions are looked
 * for in what was rendered). Its fence is longer than any run of backticks in the text.
 */
export function codeSpan(text: string, maxLength = 400): string {
  const safe = escapeForTerminal(text, maxLength);
  const longest = Math.max(0, ...(safe.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = safe.startsWith('`') || safe.endsWith('`') || safe.trim() === '' ? ' ' : '';
  return `${fence}${pad}${safe}${pad}${fence}`;
}
