/**
 * Keys of QUIC Initial packets: derived from the client's first destination connection id alone, so anybody on the path
 * can read them (RFC 9001, section 5.2; version 2: RFC 9369, section 3.3). Only the client's side.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

/** What differs between versions. */
interface VersionParameters {
  readonly salt: Buffer;
  readonly labelPrefix: string;
  /** Value of the two type bits that means Initial. */
  readonly initialType: number;
}

const DRAFT_23_SALT = Buffer.from('c3eef712c72ebb5a11a7d2432bb46365bef9f502', 'hex');
const DRAFT_29_SALT = Buffer.from('afbfec289993d24c9e9786f19c6111e04390a899', 'hex');

const draft = (salt: Buffer): VersionParameters => ({ salt, labelPrefix: 'quic', initialType: 0 });

/** Versions whose Initials are read. */
export const QUIC_VERSIONS: ReadonlyMap<number, VersionParameters> = new Map([
  [0x00000001, draft(Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex'))],
  [
    0x6b3343cf,
    {
      salt: Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'),
      labelPrefix: 'quicv2',
      initialType: 1,
    },
  ],
  [0xff00001b, draft(DRAFT_23_SALT)],
  [0xff00001c, draft(DRAFT_23_SALT)],
  [0xff00001d, draft(DRAFT_29_SALT)],
  [0xff00001e, draft(DRAFT_29_SALT)],
  [0xff00001f, draft(DRAFT_29_SALT)],
  [0xff000020, draft(DRAFT_29_SALT)],
]);

export interface InitialKeys {
  readonly key: Buffer;
  readonly iv: Buffer;
  readonly headerProtection: Buffer;
}

const TAG_BYTES = 16;
const SAMPLE_BYTES = 16;

/** Keys of the client's Initials under a connection id. */
export function deriveClientKeys(parameters: VersionParameters, connectionId: Uint8Array): InitialKeys {
  const initialSecret = createHmac('sha256', parameters.salt).update(connectionId).digest();
  const clientSecret = expand(initialSecret, 'client in', 32);
  const { labelPrefix } = parameters;
  return {
    key: expand(clientSecret, `${labelPrefix} key`, 16),
    iv: expand(clientSecret, `${labelPrefix} iv`, 12),
    headerProtection: expand(clientSecret, `${labelPrefix} hp`, 16),
  };
}

/** HKDF-Expand-Label of RFC 8446, section 7.1, for results no longer than one hash. */
function expand(secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`, 'ascii');
  const info = Buffer.concat([Buffer.of(0, length, name.length), name, Buffer.of(0, 1)]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}

/**
 * Removes header protection and decrypts the packet in `bytes[start, end)`, whose packet number is at `numberOffset`.
 * Null when it is too short or not authentic under these keys.
 */
export function openInitial(
  keys: InitialKeys,
  bytes: Uint8Array,
  start: number,
  numberOffset: number,
  end: number,
): Buffer | null {
  if (end - numberOffset < 4 + SAMPLE_BYTES) return null;
  const sample = bytes.subarray(numberOffset + 4, numberOffset + 4 + SAMPLE_BYTES);
  const mask = createCipheriv('aes-128-ecb', keys.headerProtection, null).update(sample);
  const first = bytes[start]! ^ (mask[0]! & 0x0f);
  const numberLength = (first & 3) + 1;
  const header = Buffer.from(bytes.subarray(start, numberOffset + numberLength));
  header[0] = first;
  const nonce = Buffer.from(keys.iv);
  for (let i = 0; i < numberLength; i++) {
    const at = numberOffset - start + i;
    header[at] = header[at]! ^ mask[1 + i]!;
    const place = nonce.length - numberLength + i;
    nonce[place] = nonce[place]! ^ header[at];
  }
  const from = numberOffset + numberLength;
  if (end - from < TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-128-gcm', keys.key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(header);
  decipher.setAuthTag(bytes.subarray(end - TAG_BYTES, end));
  const plain = decipher.update(bytes.subarray(from, end - TAG_BYTES));
  try {
    decipher.final();
  } catch {
    // The only way in which node:crypto says that a packet is not authentic.
    return null;
  }
  return plain;
}
