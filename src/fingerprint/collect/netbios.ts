import type { NetbiosDatagramObservation } from '../../protocol/netbios-datagram.ts';
import type { NetbiosNameObservation } from '../../protocol/netbios-name.ts';
import type { Claims } from './claim.ts';

const REGISTRATION = new Set([5, 8, 9, 15]);
/** Suffixes of a computer's own name: workstation and file server. */
const OWN_SUFFIX = new Set([0x00, 0x20]);

/** A registration or a node status tells the sender's own name; a query tells that of somebody it looks for. */
export function collectNetbiosName(message: NetbiosNameObservation, claims: Claims): void {
  if (
    !message.isResponse &&
    REGISTRATION.has(message.opcode) &&
    !message.isGroup &&
    OWN_SUFFIX.has(message.suffix)
  ) {
    claims.byHostName('netbios.name', message.name);
  }
  for (const { name, suffix, isGroup } of message.names) {
    if (!isGroup && OWN_SUFFIX.has(suffix)) claims.byHostName('netbios.name', name);
  }
}

/** A primary or a backup domain controller. */
const SERVER_TYPE = { domainController: 0x18, unix: 0x800, nt: 0x1000 } as const;
const FIRST_BEYOND_SAMBA = 10;
/** Samba announces itself as Windows of this version, and the hosts of NAS vendors are Samba. */
const HOST_ANNOUNCEMENT = 1;

export function collectNetbiosDatagram(message: NetbiosDatagramObservation, claims: Claims): void {
  if (message.sourceName !== '') claims.byHostName('netbios.name', message.sourceName);
  if (message.command !== HOST_ANNOUNCEMENT && message.command !== 15) return;
  claims.byModel('netbios.comment', message.comment);
  claims.byFact('netbios.comment', 'snmp.description', message.comment);
  if ((message.serverType & SERVER_TYPE.unix) !== 0) {
    claims.say('netbios.serverType', 'Unix (Samba)', { os: 'Linux' }, 0.62);
  } else if ((message.serverType & SERVER_TYPE.nt) !== 0 && message.osMajor >= FIRST_BEYOND_SAMBA) {
    claims.say(
      'netbios.serverType',
      `Windows NT ${message.osMajor}.${message.osMinor}`,
      { os: 'Windows', category: 'computer' },
      0.8,
    );
  }
  if ((message.serverType & SERVER_TYPE.domainController) !== 0) {
    claims.say('netbios.serverType', 'domain controller', { category: 'server' }, 0.7);
  }
}
