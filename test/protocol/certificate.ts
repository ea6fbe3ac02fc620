/** A certificate for tests, built element by element; its key and signature are empty. */
import { bytesOf, hex, type Part } from './write.ts';

export function der(tag: number, ...parts: readonly Part[]): Uint8Array {
  const inner = bytesOf(...parts);
  const length = inner.length < 128 ? [inner.length] : [0x82, inner.length >>> 8, inner.length & 255];
  return bytesOf(tag, length, inner);
}

const sequence = (...parts: readonly Part[]): Uint8Array => der(0x30, ...parts);
const oid = (text: string): Uint8Array => der(6, hex(text));
const attribute = (type: string, tag: number, value: Part): Uint8Array =>
  der(0x31, sequence(oid(type), der(tag, value)));

export function certificate(): Uint8Array {
  const algorithm = sequence(oid('2a864886f70d01010b'));
  const issuer = sequence(attribute('550403', 0x13, 'Example CA'));
  // The organisation is a BMPString, as old authorities write it.
  const organization = Buffer.from('Example Cameras', 'utf16le').swap16();
  const subject = sequence(attribute('55040a', 0x1e, organization), attribute('550403', 0x0c, 'cam.example'));
  const validity = sequence(der(0x17, '200102030405Z'), der(0x18, '20501231235959Z'));
  const names = sequence(
    der(0x82, 'cam.example'),
    der(0x87, [192, 0, 2, 7]),
    der(0x87, hex('20010db8000000000000000000000007')),
    der(0x81, 'mail@example'),
  );
  const extensions = der(
    0xa3,
    sequence(
      sequence(oid('551d13'), der(1, 0xff), der(4, sequence())),
      sequence(oid('551d11'), der(4, names)),
    ),
  );
  const tbs = sequence(
    der(0xa0, der(2, 2)),
    der(2, 1),
    algorithm,
    issuer,
    validity,
    subject,
    sequence(),
    extensions,
  );
  return sequence(tbs, algorithm, der(3, 0));
}
