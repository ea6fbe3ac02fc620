import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type HttpRequestObservation,
  httpDecoder,
  type HttpResponseObservation,
} from '../../src/protocol/http.ts';
import { readStartLine, readTarget } from '../../src/protocol/start-line.ts';
import { decode, hostile } from './decode.ts';
import { decodeGrowing } from './stream.ts';
import { BROWSER_HELLO, handshake, records } from './tls-messages.ts';
import { be16, bytesOf, counted } from './write.ts';

const server = { fromOriginator: false };
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const post = (type: string, body: string): Uint8Array =>
  bytesOf(
    `POST /login HTTP/1.1\r\nHost: h\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );

const REQUEST = bytesOf(
  'GET /setup.xml?token=secret&x=1#f HTTP/1.1\r\nHOST: 10.0.0.9:49153\r\nUser-Agent: Test/1.0 (Linux)\r\n',
  `Authorization: Basic ${base64('admin:admin')}\r\nCookie: sid=secret\r\n`,
  'Referer: http://u:secret@10.0.0.9/list?sid=secret\r\n\r\n',
);

const DESCRIPTION = `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major>
</specVersion><device><deviceType>urn:Example:device:plug:1</deviceType><friendlyName>Kitchen &amp; Co</friendlyName>
<manufacturer>Example Inc.</manufacturer><modelName>Plug</modelName><modelNumber>2</modelNumber>
<serialNumber>S3CR3T</serialNumber><UDN>uuid:S3CR3T</UDN><deviceList><device><deviceType>inner</deviceType>
<modelName>Inner</modelName></device></deviceList></device></root>`;

const answer = (type: string, body: string, more = ''): Uint8Array =>
  bytesOf(
    `HTTP/1.1 200 OK\r\nServer: Unspecified, UPnP/1.0\r\nContent-Type: ${type}\r\n${more}`,
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );

describe('http', () => {
  it('reads requests, one after the other, and keeps no secret', () => {
    const stream = bytesOf(REQUEST, 'HEAD / HTTP/1.0\r\n\r\n');
    const seen = decodeGrowing(httpDecoder, stream, {}, 30);
    assert.deepEqual(seen[0], {
      kind: 'http-request',
      method: 'GET',
      path: '/setup.xml',
      queryKeys: ['token', 'x'],
      version: '1.1',
      host: '10.0.0.9:49153',
      userAgent: 'Test/1.0 (Linux)',
      contentType: '',
      bodyLength: 0,
      referrer: 'http://10.0.0.9/list',
      origin: '',
      soapAction: '',
      authorization: 'basic',
      headerOrder: ['HOST', 'User-Agent', 'Authorization', 'Cookie', 'Referer'],
    } satisfies HttpRequestObservation);
    assert.deepEqual(seen[1], {
      kind: 'login',
      protocol: 'http-basic',
      hasUser: true,
      hasPassword: true,
      isDefault: true,
    });
    assert.equal((seen[2] as HttpRequestObservation).method, 'HEAD');
    assert.equal(seen.length, 3);
    assert.doesNotMatch(JSON.stringify(seen), /secret|YWRtaW4/);
  });

  it('reads a device description without what identifies one unit', () => {
    const seen = decodeGrowing(httpDecoder, answer('text/xml', DESCRIPTION), server, 30);
    assert.deepEqual(seen[1], {
      kind: 'upnp-description',
      deviceType: 'urn:Example:device:plug:1',
      friendlyName: 'Kitchen & Co',
      manufacturer: 'Example Inc.',
      modelName: 'Plug',
      modelNumber: '2',
      modelDescription: '',
    });
    assert.equal((seen[0] as HttpResponseObservation).server, 'Unspecified, UPnP/1.0');
    assert.doesNotMatch(JSON.stringify(seen), /S3CR3T/);
  });

  it('reads the title of a page and the realm of a login', () => {
    const page = '<html><head><TITLE>\n Camera  \u00fc </TITLE></head></html>';
    const challenge = 'WWW-Authenticate: Digest realm="IP Camera(12345)", nonce="abc"\r\n';
    const seen = decodeGrowing(httpDecoder, answer('text/html; charset=utf-8', page, challenge), server, 30);
    const head = seen[0] as HttpResponseObservation;
    assert.deepEqual([head.status, head.reason, head.bodyLength], [200, 'OK', Buffer.byteLength(page)]);
    assert.deepEqual([head.authenticate, head.realm], ['digest', 'IP Camera(12345)']);
    assert.deepEqual(seen[1], { kind: 'http-title', title: 'Camera \u00fc' });
  });

  it('reads what a printer says over IPP', () => {
    const attribute = (name: string, value: string): Uint8Array =>
      bytesOf(0x41, 0, counted(name), 0, counted(value));
    const body = Buffer.from(
      bytesOf(
        [2, 0],
        be16(0),
        [0, 0, 0, 1, 1, 4],
        attribute('printer-make-and-model', 'Example LaserJet 9'),
        attribute('printer-uri-supported', 'ipp://192.168.77.9:631/ipp/print?x=1'),
        attribute('printer-device-id', 'MFG:Example;MDL:LaserJet 9;SN:S3CR3T;'),
        3,
      ),
    ).toString('latin1');
    const seen = decodeGrowing(httpDecoder, answer('application/ipp', body), server, 30);
    assert.deepEqual(seen[1], {
      kind: 'ipp-printer',
      makeAndModel: 'Example LaserJet 9',
      name: '',
      info: '',
      deviceId: 'MFG:Example;MDL:LaserJet 9;',
      path: '/ipp/print',
    });
  });

  it('reads what devices say in forms of their own', () => {
    const info = (type: string, body: string): object | undefined =>
      decodeGrowing(httpDecoder, answer(type, body), server, 30)[1];
    const hnap = `<soap:Envelope><soap:Body><GetDeviceSettingsResponse><DeviceName>Hall</DeviceName>
      <VendorName>Example</VendorName><ModelName>EX-1</ModelName><SerialNumber>S3CR3T</SerialNumber>
      </GetDeviceSettingsResponse></soap:Body></soap:Envelope>`;
    const none = { kind: 'device-info', name: '', manufacturer: '', description: '', firmware: '' };
    assert.deepEqual(info('text/xml', hnap), {
      ...none,
      form: 'hnap',
      name: 'Hall',
      manufacturer: 'Example',
      model: 'EX-1',
    });
    const hue = { name: 'Bridge', modelid: 'BSB001', bridgeid: 'S3CR3T', swversion: '7', mac: 'S3CR3T' };
    assert.deepEqual(info('application/json', JSON.stringify(hue)), {
      ...none,
      form: 'hue',
      name: 'Bridge',
      model: 'BSB001',
      firmware: '7',
    });
    assert.equal(info('application/json', '{"model":"x","name":"y"}'), undefined);
    assert.equal(info('application/xml', '<other><model>x</model></other>'), undefined);
  });

  it('tells that a form carries a password', () => {
    const isLogin = (type: string, body: string): boolean =>
      decode(httpDecoder, post(type, body)).observations.some(({ kind }) => kind === 'login');
    assert.equal(isLogin('application/x-www-form-urlencoded', 'user=a&password=secret'), true);
    assert.equal(isLogin('application/json', '{"user":"a","admin_pwd": "secret"}'), true);
    assert.equal(isLogin('application/x-www-form-urlencoded', 'passenger=7&bypass_x=1'), false);
    assert.equal(isLogin('text/plain', 'password=x'), false);
  });

  it('follows a proxy into TLS', () => {
    const tunnel = bytesOf('CONNECT a.example:443 HTTP/1.1\r\n\r\n', records(handshake(1, BROWSER_HELLO)));
    assert.deepEqual(
      decodeGrowing(httpDecoder, tunnel, {}, 30).map(({ kind }) => kind),
      ['http-request', 'tls-client-hello'],
    );
  });

  it('tells lines that are no fields', () => {
    const { observations, issues } = decode(httpDecoder, bytesOf('GET / HTTP/1.1\r\nnonsense\r\n\r\n'));
    assert.deepEqual([observations.length, issues], [1, ['message/http-malformed@0']]);
  });

  it('leaves other protocols alone', () => {
    for (const text of [
      'OPTIONS rtsp://a RTSP/1.0\r\n\r\n',
      'SSH-2.0-x\r\n',
      'USER a\r\n',
      'GET nothing\r\n',
    ]) {
      assert.equal(decode(httpDecoder, bytesOf(text)).result, 'foreign', text);
    }
  });

  it('keeps of a target what is no secret', () => {
    assert.deepEqual(readTarget('http://u:p@h.example/a?b=c&d&=e'), {
      path: 'http://h.example/a',
      queryKeys: ['b'],
    });
    assert.equal(readTarget('/api/83b7780291a6ceffbe0bd049104df/lights').path, '/api/*/lights');
    assert.equal(readTarget('/DevicePortalICPRequestHandler/x').path, '/DevicePortalICPRequestHandler/x');
  });

  it('bounds the start line', () => {
    const long = bytesOf('GET /', 'a'.repeat(9000), ' HTTP/1.1\r\n');
    assert.equal(readStartLine(long, 0, long.length), null);
    assert.equal(readStartLine(long, 0, 4000), 'incomplete');
  });
});

hostile(httpDecoder, [REQUEST, post('application/json', '{"password":"x"}')]);
hostile(httpDecoder, [answer('text/xml', DESCRIPTION)], server);
