/** The one list of attacks. */
import type { Attack } from './attack.ts';
import { CHANNELS } from './attacks/channels.ts';
import { FLOODS } from './attacks/floods.ts';
import { LOGINS } from './attacks/logins.ts';
import { SCANS } from './attacks/scans.ts';
import { SPOOFING } from './attacks/spoofing.ts';

export const ATTACKS: readonly Attack[] = [...SCANS, ...SPOOFING, ...FLOODS, ...LOGINS, ...CHANNELS];
