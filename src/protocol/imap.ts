/** IMAP (RFC 9051, RFC 3501): banner and LOGIN. Ignored on purpose: user name and password, AUTHENTICATE, mail. */
import type { MessageDecoder } from './decoder.ts';
import { decodeLines, type LineReader } from './line-protocol.ts';
import { loginOf } from './login.ts';

const COMMAND =
  /^[\w.+-]{1,32} (LOGIN|CAPABILITY|STARTTLS|NOOP|ID|AUTHENTICATE|LOGOUT|SELECT|EXAMINE|LIST|ENABLE)(?: |$)/i;
const LOGIN = /^\S+ LOGIN "?([^"\s]*)"? "?([^"\s]*)"?/i;

const commands: LineReader = (line, _index, sink) => {
  const command = COMMAND.exec(line)?.[1]?.toUpperCase();
  if (command === undefined) return 'foreign';
  const login = LOGIN.exec(line);
  if (login !== null) sink.observe(loginOf('imap', login[1]!, login[2]!));
  return command === 'LOGOUT' || command === 'SELECT' ? 'done' : 'next';
};

const answers: LineReader = (line, index, sink) => {
  if (index > 0) return 'next';
  if (!/^\* (?:OK|PREAUTH|BYE)\b/i.test(line)) return 'foreign';
  sink.observe({ kind: 'banner', protocol: 'imap', text: line.slice(2) });
  return 'next';
};

export const imapDecoder: MessageDecoder = {
  name: 'imap',
  triggers: [{ kind: 'tcp', ports: [143] }],
  scope: 'start',
  decode: (bytes, start, end, { fromOriginator }, sink) =>
    decodeLines(bytes, start, end, fromOriginator ? commands : answers, sink),
};
