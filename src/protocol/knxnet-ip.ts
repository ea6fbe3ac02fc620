/**
 * KNXnet/IP: ISO 22510 (EN 13321-2), search and description; gateways between KNX and IP.
 * Ignored on purpose: tunnelling and routing of telegrams, service families, installation ids.
 */
import { u16, u32, u48 } from '../bytes/endian.ts';
import { formatHex } from '../bytes/hex.ts';
import { readText } from '../bytes/text.ts';
import { announcement } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';
import { formatIpv4 } from '../bytes/address.ts';

const HEADER = 0x0610;
const HEADER_BYTES = 6;
const ENDPOINT_BYTES = 8;
const DEVICE_INFO_BYTES = 54;
const DEVICE_INFO = 1;
const SERVICE = {
  search: 0x0201,
  searchAnswer: 0x0202,
  description: 0x0203,
  descriptionAnswer: 0x0204,
  searchExtended: 0x020b,
  searchExtendedAnswer: 0x020c,
} as const;

export const knxnetIpDecoder: MessageDecoder = {
  name: 'knxnet-ip',
  triggers: [{ kind: 'udp', ports: [3671] }],
  scope: 'start',
  decode(bytes, start, end, _context, sink) {
    if (end - start < HEADER_BYTES || u16(bytes, start) !== HEADER) return 'foreign';
    if (u16(bytes, start + 4) !== end - start) return 'foreign';
    switch (u16(bytes, start + 2)) {
      case SERVICE.search:
      case SERVICE.searchExtended:
      case SERVICE.description:
        sink.observe(announcement('knxnet-ip', 'query'));
        return 'done';
      case SERVICE.searchAnswer:
      case SERVICE.searchExtendedAnswer: {
        const endpoint = start + HEADER_BYTES;
        const hasAddress = end - endpoint >= ENDPOINT_BYTES && u16(bytes, endpoint) === 0x0801;
        const address = hasAddress ? formatIpv4(u32(bytes, endpoint + 2)) : '';
        if (hasAddress) observeDevice(endpoint + ENDPOINT_BYTES, address);
        return 'done';
      }
      case SERVICE.descriptionAnswer:
        observeDevice(start + HEADER_BYTES, '');
        return 'done';
      default:
        return 'done';
    }

    /** Device information: medium, status, individual address, project, serial, multicast address, MAC, name. */
    function observeDevice(at: number, address: string): void {
      if (end - at < DEVICE_INFO_BYTES || bytes[at] !== DEVICE_INFO_BYTES || bytes[at + 1] !== DEVICE_INFO)
        return;
      const individual = u16(bytes, at + 4);
      sink.observe(
        announcement('knxnet-ip', 'device', {
          name: readText(bytes, at + 24, at + 54),
          id: formatHex(bytes, at + 8, at + 14),
          mac: u48(bytes, at + 18),
          address,
          details: [`individual=${individual >>> 12}.${(individual >>> 8) & 15}.${individual & 255}`],
        }),
      );
    }
  },
};
