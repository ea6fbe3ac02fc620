/** The network interfaces of this machine: of the system's own knowledge, and of what libpcap adds when it is there. */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { compareText } from '../../bytes/order.ts';
import { loadCap } from './cap-addon.ts';

export type InterfaceState = 'up' | 'down' | 'unknown';

export interface NetworkInterface {
  readonly name: string;
  readonly state: InterfaceState;
  /** '' where it has none. */
  readonly mac: string;
  readonly addresses: readonly string[];
}

const IFF_UP = 1;

export function listInterfaces(): NetworkInterface[] {
  const known = networkInterfaces();
  const captured = capturedInterfaces();
  const names = new Set([...Object.keys(known), ...captured.keys(), ...linuxInterfaces()]);
  return [...names].sort(compareText).map((name) => {
    const facts = known[name] ?? [];
    const mac = facts[0]?.mac ?? systemFact(name, 'address');
    return {
      name,
      state: interfaceState(name) === 'unknown' && facts.length > 0 ? 'up' : interfaceState(name),
      mac: mac === '00:00:00:00:00:00' ? '' : mac,
      addresses: [...new Set([...facts.map(({ address }) => address), ...(captured.get(name) ?? [])])].sort(
        compareText,
      ),
    };
  });
}

/** libpcap's name for all interfaces of a Linux machine together. */
export const ANY_INTERFACE = 'any';

/** Whether the interface is switched on; `unknown` where the system does not say (not Linux). */
export function interfaceState(name: string): InterfaceState {
  if (name === ANY_INTERFACE) return 'up';
  if (linuxInterfaces().length === 0) return 'unknown';
  const flags = systemFact(name, 'flags');
  return flags !== '' && (Number(flags) & IFF_UP) !== 0 ? 'up' : 'down';
}

/** Names in this network namespace; none where there is no Linux. */
function linuxInterfaces(): string[] {
  return (readText('/proc/self/net/dev') ?? '')
    .split('\n')
    .map((line) => /^\s*([^\s:]+):/.exec(line)?.[1])
    .filter((name) => name !== undefined);
}

/** Devices of libpcap that are no interface (USB, D-Bus, netfilter, …), and `any`. */
const NO_NETWORK = /^(any|nflog|nfqueue|dbus-.*|usbmon.*|bluetooth.*)$/;

function capturedInterfaces(): Map<string, string[]> {
  try {
    return new Map(
      loadCap()
        .deviceList()
        .filter(({ name }) => !NO_NETWORK.test(name))
        .map(({ name, addresses }) => [
          name,
          addresses.map(({ addr }) => addr).filter((addr) => addr !== undefined),
        ]),
    );
  } catch {
    // Without libpcap the system's own list is what there is.
    return new Map();
  }
}

function systemFact(name: string, fact: string): string {
  return (readText(`/sys/class/net/${name}/${fact}`) ?? '').trim();
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
