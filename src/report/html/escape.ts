/** Text from the wire in HTML: it can be neither markup nor an invisible change of direction. */
import { escapeForTerminal } from '../../bytes/text.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For element content and for quoted attributes. */
export function escapeHtml(text: string, maxLength = 1000): string {
  return escapeForTerminal(text, maxLength).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
