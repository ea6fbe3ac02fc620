/** Which device a person means. */
import { formatMac, NO_MAC, parseMac } from '../bytes/address.ts';
import type { ReportDevice } from './schema.ts';

/**
 * Devices that `query` names: by MAC address in any notation or by id, by address, by exact name, then by part of a
 * name, brand or model (case does not matter). The first of these steps that finds something decides.
 */
export function findDevices(devices: readonly ReportDevice[], query: string): ReportDevice[] {
  const wanted = query.trim().toLowerCase();
  const mac = parseMac(query.trim());
  const id = mac === NO_MAC ? wanted : formatMac(mac);
  const steps: readonly ((device: ReportDevice) => boolean)[] = [
    (device) => device.id.toLowerCase() === id || device.mac === id,
    ({ addresses }) => addresses.some(({ address }) => address === wanted),
    ({ names }) => names.some(({ name }) => name.toLowerCase() === wanted),
    ({ names, identity }) =>
      wanted !== '' &&
      [...names.map(({ name }) => name), `${identity.brand} ${identity.model}`].some((text) =>
        text.toLowerCase().includes(wanted),
      ),
  ];
  for (const matches of steps) {
    const found = devices.filter(matches);
    if (found.length > 0) return found;
  }
  return [];
}
