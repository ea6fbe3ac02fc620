/** POP3 (RFC 1939; RFC 2595 for STLS): banner and login. Ignored on purpose: user name and password, APOP digests, mail. */
import type { MessageDecoder } from './decoder.ts';
import { decodeLines, type LineReader } from './line-protocol.ts';
import { loginOf } from './login.ts';

const COMMAND = /^(USER|PASS|APOP|AUTH|CAPA|STLS|STAT|LIST|UIDL|RETR|DELE|NOOP|RSET|TOP|QUIT|XTND)(?: |$)/i;

/** Commands of one client; the user name lives no longer than the walk over its lines. */
function commands(): LineReader {
  let user = '';
  return (line, _index, sink) => {
    const command = COMMAND.exec(line)?.[1]?.toUpperCase();
    if (command === undefined) return 'foreign';
    if (command === 'USER') user = line.slice(5);
    if (command === 'PASS') sink.observe(loginOf('pop3', user, line.slice(5)));
    return command === 'QUIT' ? 'done' : 'next';
  };
}

/** The third answer and later ones belong to a login only where the client's side says so, so none is told here. */
const answers: LineReader = (line, index, sink) => {
  if (index > 0) return 'done';
  if (!/^(?:\+OK|-ERR)/.test(line)) return 'foreign';
  sink.observe({ kind: 'banner', protocol: 'pop3', text: line });
  return 'next';
};

export const pop3Decoder: MessageDecoder = {
  name: 'pop3',
  triggers: [{ kind: 'tcp', ports: [110] }],
  scope: 'start',
  decode: (bytes, start, end, { fromOriginator }, sink) =>
    decodeLines(bytes, start, end, fromOriginator ? commands() : answers, sink),
};
