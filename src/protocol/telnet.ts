/**
 * Telnet (RFC 854): banner and login prompts of the server, login attempts of the client. The client's side is told from
 * its own lines (user, password, user, password …), as the sides of a stream are not looked at together. Ignored on
 * purpose: option negotiation beyond its length, what is typed after the login.
 */
import { readText } from '../bytes/text.ts';
import type { DecodeResult, MessageDecoder, MessageSink } from './decoder.ts';
import { loginOf } from './login.ts';

const IAC = 0xff;
const SUBNEGOTIATION = 0xfa;
const SUBNEGOTIATION_END = 0xf0;
const WILL = 0xfb;
const DONT = 0xfe;
/** Bytes of text that are looked at, without negotiation. */
const MAX_TEXT = 2048;
/** Attempts of one connection; worms get a few before the server hangs up. */
const MAX_ATTEMPTS = 8;
const MAX_LINE = 64;

/** The text without Telnet commands; and whether the stream has the form of Telnet so far. */
function readPlain(
  bytes: Uint8Array,
  start: number,
  end: number,
): { text: Uint8Array; hasCommands: boolean } {
  const text = new Uint8Array(Math.min(MAX_TEXT, end - start));
  let length = 0;
  let hasCommands = false;
  for (let at = start; at < end && length < text.length;) {
    if (bytes[at] !== IAC) {
      text[length++] = bytes[at++]!;
      continue;
    }
    const command = at + 1 < end ? bytes[at + 1]! : 0;
    if (command >= SUBNEGOTIATION_END && command < IAC) hasCommands = true;
    if (command === SUBNEGOTIATION) {
      at += 2;
      while (at < end && !(bytes[at - 1] === IAC && bytes[at] === SUBNEGOTIATION_END)) at++;
      at++;
    } else at += command >= WILL && command <= DONT ? 3 : 2;
  }
  return { text: text.subarray(0, length), hasCommands };
}

const PROMPT = /(?:login|user ?name|user|account|password)\s*:\s*$/i;
const REFUSED =
  /(?:login incorrect|login failed|access denied|authentication failed|bad password|invalid (?:login|password))/i;

function decodeServer(text: string, hasCommands: boolean, sink: MessageSink): DecodeResult {
  const prompt = PROMPT.exec(text);
  const banner = (prompt === null ? text : text.slice(0, prompt.index)).replace(/\s+/g, ' ').trim();
  const first = /^[^]*?(?:login|user ?name|user|account|password)\s*:/i.exec(text);
  if (first === null) return hasCommands || banner !== '' ? 'incomplete' : 'foreign';
  const before = first[0]
    .replace(/(?:login|user ?name|user|account|password)\s*:$/i, '')
    .replace(/\s+/g, ' ')
    .trim();
  sink.observe({ kind: 'banner', protocol: 'telnet', text: before.slice(0, 256) });
  const rest = text.slice(first[0].length);
  if (REFUSED.test(rest)) sink.observe({ kind: 'login-result', protocol: 'telnet', isAccepted: false });
  else if (/[$#>]\s*$/.test(rest))
    sink.observe({ kind: 'login-result', protocol: 'telnet', isAccepted: true });
  else return 'incomplete';
  return 'done';
}

function decodeClient(text: string, hasCommands: boolean, sink: MessageSink): DecodeResult {
  const lines = text.split(/\r\n|\r\0|\r|\n/);
  // The last one is not ended yet.
  lines.pop();
  const attempts = Math.min(MAX_ATTEMPTS, lines.length >>> 1);
  for (let i = 0; i < attempts; i++) {
    const [user, password] = [lines[i * 2]!, lines[i * 2 + 1]!];
    if (user.length > MAX_LINE || password.length > MAX_LINE)
      return i > 0 || hasCommands ? 'done' : 'foreign';
    // What is typed after a login has blanks; names and passwords of devices do not.
    if (user === '' || user.includes(' ') || password.includes(' '))
      return i > 0 || hasCommands ? 'done' : 'foreign';
    sink.observe(loginOf('telnet', user, password));
  }
  return attempts < MAX_ATTEMPTS ? 'incomplete' : 'done';
}

function isTelnetStart(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start >= 3 &&
    bytes[start] === IAC &&
    bytes[start + 1]! >= WILL &&
    bytes[start + 1]! <= DONT &&
    bytes[start + 2]! < 50
  );
}

function decodeTelnet(
  bytes: Uint8Array,
  start: number,
  end: number,
  isClient: boolean,
  sink: MessageSink,
): DecodeResult {
  const { text, hasCommands } = readPlain(bytes, start, end);
  if (
    !hasCommands &&
    text.some(
      (byte) => byte > 0x7e || (byte < 0x20 && byte !== 0 && !(byte >= 7 && byte <= 13) && byte !== 27),
    )
  ) {
    return 'foreign';
  }
  const plain = readText(text, 0, text.length, MAX_TEXT);
  return isClient ? decodeClient(plain, hasCommands, sink) : decodeServer(plain, hasCommands, sink);
}

export const telnetDecoder: MessageDecoder = {
  name: 'telnet',
  triggers: [{ kind: 'tcp', ports: [23, 2323, 23231, 9527] }],
  scope: 'start',
  probe: isTelnetStart,
  decode: (bytes, start, end, { fromOriginator }, sink) =>
    decodeTelnet(bytes, start, end, fromOriginator, sink),
};
