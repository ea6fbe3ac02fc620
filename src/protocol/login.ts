/**
 * Logins that cross the wire unencrypted, whatever the protocol: that one was tried, whether the pair is one that devices
 * ship with, and what came of it. Names and passwords are compared and forgotten; no observation holds one.
 */
import { readText } from '../bytes/text.ts';
import { DEFAULT_CREDENTIALS } from './data/default-credentials.ts';

export type LoginProtocol =
  'ftp' | 'http-basic' | 'http-form' | 'imap' | 'irc' | 'mqtt' | 'pop3' | 'rtsp-basic' | 'smtp' | 'telnet';

export interface LoginObservation {
  readonly kind: 'login';
  readonly protocol: LoginProtocol;
  readonly hasUser: boolean;
  readonly hasPassword: boolean;
  /** User and password are a pair that devices ship with, or that worms try first. */
  readonly isDefault: boolean;
}

/** What a server said to a login. */
export interface LoginResultObservation {
  readonly kind: 'login-result';
  readonly protocol: LoginProtocol;
  readonly isAccepted: boolean;
}

/** The observation of one attempt. */
export function loginOf(protocol: LoginProtocol, user: string, password: string): LoginObservation {
  return {
    kind: 'login',
    protocol,
    hasUser: user !== '',
    hasPassword: password !== '',
    isDefault: isDefaultCredential(user, password),
  };
}

export function isDefaultCredential(user: string, password: string): boolean {
  return user !== '' && DEFAULT_CREDENTIALS.has(`${user}\n${password}`);
}

/** The observation of `user:password` in base64, as in RFC 7617. */
export function loginOfBasic(protocol: LoginProtocol, base64: string): LoginObservation {
  const pair = Buffer.from(base64.trim(), 'base64');
  const text = readText(pair, 0, pair.length);
  const colon = text.indexOf(':');
  return colon < 0
    ? loginOf(protocol, text, '')
    : loginOf(protocol, text.slice(0, colon), text.slice(colon + 1));
}
