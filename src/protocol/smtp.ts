/**
 * SMTP (RFC 5321; RFC 4954 for AUTH, RFC 3207 for STARTTLS): banner, greeting, login. Ignored on purpose: user name and
 * password, senders, recipients, mail.
 */
import type { MessageDecoder, MessageSink } from './decoder.ts';
import { decodeLines, type LineReader } from './line-protocol.ts';
import { loginOf, loginOfBasic } from './login.ts';

const COMMAND = /^(?:EHLO|HELO|STARTTLS|AUTH|MAIL|RCPT|DATA|QUIT|RSET|NOOP)(?: |$)/i;

/** The name a client gives itself in EHLO or HELO: often its host name. */
export interface SmtpClientObservation {
  readonly kind: 'smtp-client';
  readonly name: string;
}

function observePlain(base64: string, sink: MessageSink): void {
  const [, user = '', password = ''] = Buffer.from(base64, 'base64').toString('utf8').split('\0');
  sink.observe(loginOf('smtp', user, password));
}

/** Commands of one client; answers to AUTH are lines without a command. */
function commands(): LineReader {
  let step: 'none' | 'plain' | 'user' | 'password' = 'none';
  let user = '';
  return (line, _index, sink) => {
    if (step === 'plain') observePlain(line, sink);
    if (step === 'password')
      sink.observe(loginOfBasic('smtp', Buffer.from(`${user}:${decoded(line)}`).toString('base64')));
    if (step === 'user') user = decoded(line);
    if (step !== 'none') {
      step = step === 'user' ? 'password' : 'none';
      return 'next';
    }
    if (!COMMAND.test(line)) return 'foreign';
    const words = line.split(' ');
    const verb = words[0]!.toUpperCase();
    if (verb === 'EHLO' || verb === 'HELO') sink.observe({ kind: 'smtp-client', name: words[1] ?? '' });
    const method = verb === 'AUTH' ? words[1]?.toUpperCase() : undefined;
    if (method === 'PLAIN' && words[2] !== undefined) observePlain(words[2], sink);
    else if (method === 'PLAIN') step = 'plain';
    else if (method === 'LOGIN') {
      step = words[2] === undefined ? 'user' : 'password';
      user = decoded(words[2] ?? '');
    }
    return verb === 'DATA' || verb === 'QUIT' ? 'done' : 'next';
  };
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

const answers: LineReader = (line, index, sink) => {
  if (index === 0) {
    if (!/^(?:220|554)[ -]/.test(line)) return 'foreign';
    sink.observe({ kind: 'banner', protocol: 'smtp', text: line.slice(4) });
    return 'next';
  }
  if (/^(?:235|535) /.test(line)) {
    sink.observe({ kind: 'login-result', protocol: 'smtp', isAccepted: line.startsWith('235') });
  }
  return /^\d{3}(?:[ -]|$)/.test(line) ? 'next' : 'done';
};

export const smtpDecoder: MessageDecoder = {
  name: 'smtp',
  triggers: [{ kind: 'tcp', ports: [25, 587, 2525] }],
  scope: 'start',
  decode: (bytes, start, end, { fromOriginator }, sink) =>
    decodeLines(bytes, start, end, fromOriginator ? commands() : answers, sink),
};
