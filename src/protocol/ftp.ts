/**
 * FTP control connection (RFC 959; RFC 4217 for TLS): banner, system, login. Ignored on purpose: user name and password,
 * transfers.
 */
import type { MessageDecoder } from './decoder.ts';
import { decodeLines, type LineReader } from './line-protocol.ts';
import { loginOf } from './login.ts';

const COMMAND =
  /^(USER|PASS|AUTH|FEAT|SYST|OPTS|HOST|CLNT|QUIT|ACCT|PWD|PBSZ|PROT|TYPE|PASV|EPSV|CWD|LIST)(?: |$)/i;

/** Commands of one client; the user name lives no longer than the walk over its lines. */
function commands(): LineReader {
  let user = '';
  return (line, _index, sink) => {
    const command = COMMAND.exec(line)?.[1]?.toUpperCase();
    if (command === undefined) return 'foreign';
    if (command === 'USER') user = line.slice(5);
    if (command === 'PASS') sink.observe(loginOf('ftp', user, line.slice(5)));
    return command === 'QUIT' ? 'done' : 'next';
  };
}

const answers: LineReader = (line, index, sink) => {
  if (index === 0) {
    if (!/^(?:220|120|421)[ -]/.test(line)) return 'foreign';
    sink.observe({ kind: 'banner', protocol: 'ftp', text: line.slice(4) });
    return 'next';
  }
  const isAccepted = /^230[ -]/.test(line);
  if (isAccepted || line.startsWith('530 '))
    sink.observe({ kind: 'login-result', protocol: 'ftp', isAccepted });
  return isAccepted ? 'done' : 'next';
};

export const ftpDecoder: MessageDecoder = {
  name: 'ftp',
  triggers: [{ kind: 'tcp', ports: [21, 2121] }],
  scope: 'start',
  decode: (bytes, start, end, { fromOriginator }, sink) =>
    decodeLines(bytes, start, end, fromOriginator ? commands() : answers, sink),
};
