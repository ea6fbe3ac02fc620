/**
 * Elements of small XML messages, without a parser's promises: tags are found from left to right in one pass, names
 * lose their prefix, nothing is checked for balance, no entity is ever expanded beyond the five of XML itself.
 */
import { MAX_TEXT_BYTES } from '../bytes/text.ts';

/** Bytes of XML that are looked at, and elements kept. */
export const MAX_XML_BYTES = 65_536;
export const MAX_XML_ELEMENTS = 256;

export interface XmlElement {
  /** Without its namespace prefix. */
  readonly name: string;
  /** Text up to the next tag, trimmed and bounded by `maxText` characters. */
  readonly text: string;
}

const decoder = new TextDecoder('utf-8', { fatal: false });
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const NAME = /^[\w.-]+(?::[\w.-]+)?/;

/** The elements in the order of their start tags; empty when the bytes do not start with a tag. */
export function readXmlElements(
  bytes: Uint8Array,
  start: number,
  end: number,
  maxText = MAX_TEXT_BYTES,
): XmlElement[] {
  const text = decoder.decode(bytes.subarray(start, Math.min(end, start + MAX_XML_BYTES)));
  const elements: XmlElement[] = [];
  if (!/^\s*</.test(text.slice(0, 64))) return elements;
  let at = text.indexOf('<');
  while (at >= 0 && elements.length < MAX_XML_ELEMENTS) {
    const close = text.indexOf('>', at);
    if (close < 0) break;
    const next = text.indexOf('<', close);
    // The longest name that is looked at bounds the work per tag.
    const name = NAME.exec(text.slice(at + 1, Math.min(close, at + 1 + 96)))?.[0];
    if (name !== undefined) {
      const content = text.slice(close + 1, Math.min(next < 0 ? text.length : next, close + 1 + maxText * 2));
      elements.push({
        name: name.slice(name.indexOf(':') + 1),
        text: unescapeXml(content.trim()).slice(0, maxText),
      });
    }
    at = next;
  }
  return elements;
}

/** Text of the first element of that name; '' when there is none. */
export function xmlText(elements: readonly XmlElement[], name: string): string {
  return elements.find((element) => element.name === name)?.text ?? '';
}

function unescapeXml(text: string): string {
  return text.replace(/&([a-z]{2,4});/g, (whole, name: string) =>
    Object.hasOwn(ENTITIES, name) ? ENTITIES[name]! : whole,
  );
}
