import type { Mac } from '../bytes/address.ts';

/** Redundancy protocols whose routers answer with a MAC of the group, not of a box. */
export type VirtualMac = 'VRRP' | 'HSRP' | 'GLBP' | '';

/** The protocol that a MAC belongs to (RFC 5798 section 7.3, Cisco HSRP v1 and v2, GLBP); '' for ordinary ones. */
export function virtualMac(mac: Mac): VirtualMac {
  const upper = Math.floor(mac / 0x100);
  if (upper === 0x00_00_5e_00_01 || upper === 0x00_00_5e_00_02) return 'VRRP';
  if (upper === 0x00_00_0c_07_ac) return 'HSRP';
  if (Math.floor(mac / 0x1000) === 0x0_00_00_c9_ff) return 'HSRP';
  if (Math.floor(mac / 0x1_0000) === 0x00_07_b4_00) return 'GLBP';
  return '';
}
