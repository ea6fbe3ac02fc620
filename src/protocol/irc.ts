/**
 * IRC (RFC 2812): the client's registration and the channels it joins; devices have no reason to speak it, worms had.
 * Ignored on purpose: passwords (only that there is one), messages.
 */
import type { MessageDecoder } from './decoder.ts';
import { decodeLines, type LineReader } from './line-protocol.ts';
import { startsWith } from './header-fields.ts';
import { loginOf } from './login.ts';

const CLIENT =
  /^(CAP|PASS|NICK|USER|JOIN|PING|PONG|MODE|PRIVMSG|NOTICE|WHO|QUIT|ISON|USERHOST|PROTOCTL|LIST|PART)(?: |$)/i;
const SERVER = /^(?::\S{1,128} (?:\d{3}|NOTICE|PING|MODE|JOIN|PRIVMSG|CAP)\b|PING :?\S|NOTICE \S+ :|ERROR :)/;

export interface IrcObservation {
  readonly kind: 'irc';
  readonly command: 'NICK' | 'USER' | 'JOIN';
  /** Nick name, user name and real name, or channel without its key. */
  readonly text: string;
}

const commands: LineReader = (line, _index, sink) => {
  const command = CLIENT.exec(line)?.[1]?.toUpperCase();
  if (command === undefined) return 'foreign';
  const rest = line.slice(command.length + 1);
  if (command === 'PASS') sink.observe(loginOf('irc', '', rest));
  if (command === 'NICK' || command === 'JOIN')
    sink.observe({ kind: 'irc', command, text: rest.split(' ', 1)[0]! });
  if (command === 'USER') sink.observe({ kind: 'irc', command, text: rest });
  return command === 'PRIVMSG' || command === 'QUIT' ? 'done' : 'next';
};

const answers: LineReader = (line) => (SERVER.test(line) ? 'done' : 'foreign');

export const ircDecoder: MessageDecoder = {
  name: 'irc',
  triggers: [{ kind: 'tcp', ports: [6660, 6661, 6662, 6663, 6664, 6665, 6666, 6667, 6668, 6669, 7000] }],
  scope: 'start',
  probe: (bytes, start, end) =>
    startsWith(bytes, start, end, 'NICK ') || startsWith(bytes, start, end, 'CAP LS'),
  decode: (bytes, start, end, { fromOriginator }, sink) =>
    decodeLines(bytes, start, end, fromOriginator ? commands : answers, sink),
};
