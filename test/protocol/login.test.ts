import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_CREDENTIALS } from '../../src/protocol/data/default-credentials.ts';
import type { MessageDecoder } from '../../src/protocol/decoder.ts';
import { ftpDecoder } from '../../src/protocol/ftp.ts';
import { imapDecoder } from '../../src/protocol/imap.ts';
import { ircDecoder } from '../../src/protocol/irc.ts';
import { isDefaultCredential, type LoginProtocol } from '../../src/protocol/login.ts';
import type { Observation } from '../../src/protocol/observation.ts';
import { pop3Decoder } from '../../src/protocol/pop3.ts';
import { smtpDecoder } from '../../src/protocol/smtp.ts';
import { telnetDecoder } from '../../src/protocol/telnet.ts';
import { decode, hostile } from './decode.ts';
import { decodeGrowing } from './stream.ts';
import { BROWSER_HELLO, handshake, records } from './tls-messages.ts';
import { bytesOf, type Part } from './write.ts';

const server = { fromOriginator: false };
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const TLS = records(handshake(1, BROWSER_HELLO));

function seen(decoder: MessageDecoder, isClient: boolean, ...parts: readonly Part[]): readonly Observation[] {
  const all = decodeGrowing(decoder, bytesOf(...parts), { fromOriginator: isClient }, 6);
  assert.doesNotMatch(JSON.stringify(all), /S3CR3T|someone/, 'no secret is kept');
  return all;
}

const login = (protocol: LoginProtocol, isDefault = false, hasPassword = true): Observation => ({
  kind: 'login',
  protocol,
  hasUser: true,
  hasPassword,
  isDefault,
});
const result = (protocol: LoginProtocol, isAccepted: boolean): Observation => ({
  kind: 'login-result',
  protocol,
  isAccepted,
});
const kinds = (observations: readonly Observation[]): string[] => observations.map(({ kind }) => kind);

describe('ftp', () => {
  it('tells attempts and their results', () => {
    const client = 'USER someone\r\nPASS S3CR3T\r\nUSER admin\r\nPASS admin\r\nQUIT\r\n';
    assert.deepEqual(seen(ftpDecoder, true, client), [login('ftp'), login('ftp', true)]);
    const answers = '220-Welcome\r\n220 Example FTP\r\n331 ok\r\n530 no\r\n331 ok\r\n230-hi\r\n';
    assert.deepEqual(seen(ftpDecoder, false, answers), [
      { kind: 'banner', protocol: 'ftp', text: 'Welcome' },
      result('ftp', false),
      result('ftp', true),
    ]);
  });
  it('follows AUTH TLS', () => {
    assert.deepEqual(kinds(seen(ftpDecoder, true, 'AUTH TLS\r\n', TLS)), ['tls-client-hello']);
  });
  hostile(ftpDecoder, [bytesOf('USER a\r\nPASS b\r\nAUTH TLS\r\n', TLS)]);
  hostile(ftpDecoder, [bytesOf('220 x\r\n230 y\r\n')], server);
});

describe('smtp', () => {
  it('tells names and logins of each method', () => {
    const plain = base64('\0someone\0S3CR3T');
    const client = `EHLO nas.lan\r\nAUTH PLAIN ${plain}\r\nAUTH PLAIN\r\n${plain}\r\nAUTH LOGIN\r\n${base64('admin')}\r\n${base64('admin')}\r\nQUIT\r\n`;
    assert.deepEqual(seen(smtpDecoder, true, client), [
      { kind: 'smtp-client', name: 'nas.lan' },
      login('smtp'),
      login('smtp'),
      login('smtp', true),
    ]);
    assert.deepEqual(seen(smtpDecoder, false, '220 mail ESMTP\r\n250-mail\r\n250 OK\r\n535 no\r\n'), [
      { kind: 'banner', protocol: 'smtp', text: 'mail ESMTP' },
      result('smtp', false),
    ]);
  });
  it('follows STARTTLS', () => {
    assert.deepEqual(kinds(seen(smtpDecoder, true, 'EHLO a\r\nSTARTTLS\r\n', TLS)), [
      'smtp-client',
      'tls-client-hello',
    ]);
  });
  hostile(smtpDecoder, [bytesOf(`EHLO a\r\nAUTH LOGIN\r\n${base64('a')}\r\n${base64('b')}\r\n`)]);
  hostile(smtpDecoder, [bytesOf('220 x\r\n235 y\r\n')], server);
});

describe('pop3 and imap', () => {
  it('tell attempts and banners', () => {
    assert.deepEqual(seen(pop3Decoder, true, 'CAPA\r\nUSER someone\r\nPASS S3CR3T\r\n'), [login('pop3')]);
    assert.deepEqual(seen(pop3Decoder, false, '+OK ready\r\n'), [
      { kind: 'banner', protocol: 'pop3', text: '+OK ready' },
    ]);
    assert.deepEqual(seen(imapDecoder, true, 'a1 CAPABILITY\r\na2 LOGIN "someone" "S3CR3T"\r\n'), [
      login('imap'),
    ]);
    assert.deepEqual(seen(imapDecoder, false, '* OK Dovecot ready\r\n'), [
      { kind: 'banner', protocol: 'imap', text: 'OK Dovecot ready' },
    ]);
  });
  hostile(pop3Decoder, [bytesOf('USER a\r\nPASS b\r\n')]);
  hostile(imapDecoder, [bytesOf('a LOGIN b c\r\n')]);
});

describe('irc', () => {
  it('tells registration and channels', () => {
    const client = 'PASS S3CR3T\r\nNICK bot1\r\nUSER bot 8 * :x\r\nJOIN #c key\r\nPRIVMSG #c :hi\r\n';
    assert.deepEqual(seen(ircDecoder, true, client), [
      { kind: 'login', protocol: 'irc', hasUser: false, hasPassword: true, isDefault: false },
      { kind: 'irc', command: 'NICK', text: 'bot1' },
      { kind: 'irc', command: 'USER', text: 'bot 8 * :x' },
      { kind: 'irc', command: 'JOIN', text: '#c' },
    ]);
    assert.equal(decode(ircDecoder, bytesOf(':irc.example 001 bot1 :hi\r\n'), server).result, 'done');
  });
  hostile(ircDecoder, [bytesOf('NICK a\r\nUSER b c d :e\r\nJOIN #f\r\n')]);
});

describe('telnet', () => {
  const options = [0xff, 0xfd, 1, 0xff, 0xfb, 31, 0xff, 0xfa, 24, 1, 0xff, 0xf0];
  it('tells attempts', () => {
    assert.deepEqual(seen(telnetDecoder, true, options, 'someone\r\nS3CR3T\r\nroot\r\nxc3511\r\n\x00'), [
      login('telnet'),
      login('telnet', true),
    ]);
    assert.deepEqual(seen(telnetDecoder, true, options, 'root\r\n\r\n'), [login('telnet', true, false)]);
  });
  it('stops where commands begin', () => {
    const typed = 'root\r\nS3CR3T\r\nenable\r\nshell\r\n/bin/busybox MIRAI\r\nls -l\r\n';
    assert.deepEqual(seen(telnetDecoder, true, options, typed), [login('telnet'), login('telnet')]);
  });
  it('tells banner, refusal and success', () => {
    const start = bytesOf(options, '\r\nBusyBox v1.1\r\ncam login: ');
    const banner = { kind: 'banner', protocol: 'telnet', text: 'BusyBox v1.1 cam' };
    assert.deepEqual(seen(telnetDecoder, false, start), [banner]);
    assert.deepEqual(seen(telnetDecoder, false, start, 'Password: \r\nLogin incorrect\r\n'), [
      banner,
      result('telnet', false),
    ]);
    assert.deepEqual(seen(telnetDecoder, false, start, 'root\r\nPassword: \r\n\r\n# '), [
      banner,
      result('telnet', true),
    ]);
  });
  it('leaves binary bytes alone', () => {
    assert.equal(decode(telnetDecoder, bytesOf([0, 1, 2, 200, 201, 202, 203, 204])).result, 'foreign');
  });
  hostile(telnetDecoder, [bytesOf(options, 'a\r\nb\r\n')]);
  hostile(telnetDecoder, [bytesOf(options, 'x login: y\r\nPassword: \r\n$ ')], server);
});

describe('default credentials', () => {
  it('are whole pairs', () => {
    assert.ok(DEFAULT_CREDENTIALS.size > 100);
    for (const pair of DEFAULT_CREDENTIALS) assert.match(pair, /^[^\s]+\n[^\s]*$/);
    assert.equal(isDefaultCredential('root', ''), true);
    assert.equal(isDefaultCredential('', ''), false);
    assert.equal(isDefaultCredential('admin', 'S3CR3T'), false);
  });
});
