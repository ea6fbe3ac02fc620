import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tftpDecoder } from '../../src/protocol/tftp.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, bytesOf } from './write.ts';

const request = bytesOf(be16(1), 'SEP001122334455.cnf.xml\x00Octet\x00blksize\x00512\x00TSIZE\x00000\x00');

it('reads a request with options', () => {
  assert.deepEqual(decodeOne(tftpDecoder, request), {
    kind: 'tftp',
    operation: 'read',
    fileName: 'SEP001122334455.cnf.xml',
    mode: 'octet',
    options: ['blksize', 'tsize'],
  });
  assert.equal(
    (decodeOne(tftpDecoder, bytesOf(be16(2), 'a\x00netascii\x00')) as { operation: string }).operation,
    'write',
  );
});

it('leaves data and other text alone', () => {
  assert.equal(decode(tftpDecoder, bytesOf(be16(3), be16(1), 'data')).result, 'foreign');
  assert.equal(decode(tftpDecoder, bytesOf(be16(1), 'file\x00nonsense\x00')).result, 'foreign');
});

hostile(tftpDecoder, [request]);
