/** The state of an interface, and what its hardware does to packets before they can be seen. */
import { escapeForTerminal } from '../../bytes/text.ts';
import type { Check } from './check.ts';
import type { Machine } from './machine.ts';

const IFF_UP = 1;
const IFF_PROMISC = 0x100;
/** Offloads of receiving that put packets together or take tags away, by ethtool's names. */
const DISTORTING = [
  ['generic-receive-offload', 'gro'],
  ['large-receive-offload', 'lro'],
  ['rx-gro-hw', 'rx-gro-hw'],
] as const;
const VLAN = 'rx-vlan-offload';
const SAFE_NAME = /^[\w.:@-]{1,15}$/;

export function interfaceChecks(name: string, machine: Machine): Check[] {
  const folder = `/sys/class/net/${name}`;
  const label = `interface ${escapeForTerminal(name, 20)}`;
  const check = (state: Check['state'], found: string, fix = ''): Check => ({
    name: label,
    state,
    found,
    fix,
  });
  if (!SAFE_NAME.test(name) || !machine.exists(folder)) {
    return [check('missing', 'there is no such interface', 'lanscope interfaces')];
  }
  const flags = Number(machine.read(`${folder}/flags`));
  if ((flags & IFF_UP) === 0) return [check('missing', 'it is down', `ip link set ${name} up`)];
  const checks = [
    machine.read(`${folder}/carrier`) === '0'
      ? check('lesser', 'it is up, without a link: is the cable plugged in?')
      : check('ok', 'up, with a link'),
    check(
      'note',
      (flags & IFF_PROMISC) === 0
        ? 'not promiscuous now; live mode makes it so for as long as it runs'
        : 'promiscuous: another program captures here too',
    ),
  ];
  if (!machine.exists(`${folder}/device`)) return checks;
  return [...checks, ...offloadChecks(name, machine, check)];
}

function offloadChecks(
  name: string,
  machine: Machine,
  check: (state: Check['state'], found: string, fix?: string) => Check,
): Check[] {
  const features = machine.output('ethtool', '-k', name);
  if (features === null) {
    return [check('note', 'offloads are not known, since ethtool is not there', 'apt-get install ethtool')];
  }
  const isOn = (feature: string): boolean => new RegExp(`^\\s*${feature}: on`, 'm').test(features);
  const on = DISTORTING.filter(([feature]) => isOn(feature));
  const checks: Check[] = [];
  if (on.length > 0) {
    const names = on.map(([feature]) => feature).join(', ');
    checks.push(
      check(
        'lesser',
        `${names}: several packets arrive as one, so counts and sizes are not those of the wire`,
        `ethtool -K ${name} ${on.map(([, short]) => `${short} off`).join(' ')}`,
      ),
    );
  } else checks.push(check('ok', 'packets arrive as they were on the wire (no GRO, no LRO)'));
  if (isOn(VLAN))
    checks.push(
      check('note', 'the hardware takes VLAN tags away; they are put back where the backend tells them'),
    );
  return checks;
}
