import { LanscopeError } from '../../bytes/error.ts';

export function noSuchInterface(name: string): LanscopeError {
  return new LanscopeError(
    'NO_SUCH_INTERFACE',
    `There is no interface ${name}`,
    '`lanscope interfaces` lists those that are there',
  );
}

/** What libpcap says when an interface cannot be opened, as something that a person can mend. */
export function openError(name: string, text: string): LanscopeError {
  if (/permi(ssion|tted)|CAP_NET_RAW|EPERM|EACCES/i.test(text)) {
    return new LanscopeError(
      'NO_PERMISSION',
      `Capturing on ${name} is not permitted`,
      'Run it as root, or give node the right: setcap cap_net_raw,cap_net_admin+eip "$(readlink -f "$(command -v node)")"',
    );
  }
  if (/no such device|does ?n.t exist|SIOCGIFHWADDR/i.test(text)) {
    return noSuchInterface(name);
  }
  if (/not up|is down|ENETDOWN/i.test(text)) {
    return new LanscopeError('NO_SUCH_INTERFACE', `${name} is down`, `Bring it up: ip link set ${name} up`);
  }
  return new LanscopeError('NO_SUCH_INTERFACE', `${name} cannot be captured on: ${text}`);
}
