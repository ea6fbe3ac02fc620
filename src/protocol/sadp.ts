/**
 * Hikvision SADP: XML over UDP 37020, asked and answered by multicast. Many other brands sell the same cameras.
 * Ignored on purpose: activation state and password resets, encrypted fields, gateway and ports.
 */
import { parseMac } from '../bytes/address.ts';
import { announcement } from './announcement.ts';
import type { MessageDecoder } from './decoder.ts';
import { readXmlElements, xmlText } from './xml-elements.ts';

export const sadpDecoder: MessageDecoder = {
  name: 'sadp',
  triggers: [{ kind: 'udp', ports: [37020] }],
  scope: 'start',
  decode(bytes, start, end, _context, sink) {
    const elements = readXmlElements(bytes, start, end);
    if (elements.some(({ name }) => name === 'ProbeMatch')) {
      sink.observe(
        announcement('sadp', 'device', {
          model: xmlText(elements, 'DeviceDescription'),
          deviceType: xmlText(elements, 'DeviceType'),
          id: xmlText(elements, 'DeviceSN'),
          mac: parseMac(xmlText(elements, 'MAC')),
          address: xmlText(elements, 'IPv4Address'),
          firmware: xmlText(elements, 'SoftwareVersion'),
          manufacturer: xmlText(elements, 'OEMInfo'),
        }),
      );
      return 'done';
    }
    if (!elements.some(({ name }) => name === 'Probe')) return 'foreign';
    sink.observe(announcement('sadp', 'query'));
    return 'done';
  },
};
