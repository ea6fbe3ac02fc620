/**
 * Answers that are a kind of another: Android is Linux, Ring is Amazon, and who says the one does not contradict who says
 * the other.
 */

/** Systems by what they are built on, where their network behaviour shows it. */
const BUILT_ON: Readonly<Record<string, readonly string[]>> = {
  Linux: [
    'Android',
    'AsusWRT',
    'ChromeOS',
    'DD-WRT',
    'DSM',
    'EOS',
    'Home Assistant',
    'LibreELEC',
    'OpenMediaVault',
    'OpenWrt',
    'OSMC',
    'Proxmox',
    'QTS',
    'Roku OS',
    'RouterOS',
    'SteamOS',
    'Tizen',
    'Unraid',
    'webOS',
  ],
  Android: ['Android TV', 'Fire OS'],
  FreeBSD: ['FreeNAS', 'Junos'],
};

/** Brands by the company that makes or owns them, where its name stands in the registry or in its cloud. */
const SOLD_AS: Readonly<Record<string, readonly string[]>> = {
  Amazon: ['Blink', 'eero', 'Ring'],
  Anker: ['Eufy'],
  'eQ-3': ['HomeMatic'],
  Hikvision: ['EZVIZ'],
  Netgear: ['Arlo'],
  Samsung: ['SmartThings'],
  Xiaomi: ['Aqara', 'Dreame', 'IMILAB', 'Roborock', 'Viomi', 'Yeelight'],
};

const MAKER = generalOfEach(SOLD_AS);
const GENERAL = generalOfEach(BUILT_ON);

function generalOfEach(kinds: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(kinds).flatMap(([general, list]) => list.map((kind) => [kind, general])));
}

/** `Windows 11`, `Windows Server 2022`, `iOS 17.2`: a system and which one. */
const VERSIONED = /^(.+?) (?:Server )?(?:\d[\d.]*(?: R2)?|XP|Vista)$/;
/** Steps from the most general answer to the narrowest: version, distribution, family, kernel. */
const MAX_STEPS = 4;

/** From the most general answer to `value` itself: Linux, Android, Android 9. */
export function generalToNarrow(field: string, value: string): string[] {
  const path = [value];
  for (let step = 0; step < MAX_STEPS; step++) {
    const general = generalOf(field, path[0]!);
    if (general === undefined) break;
    path.unshift(general);
  }
  return path;
}

function generalOf(field: string, value: string): string | undefined {
  if (field === 'os') return VERSIONED.exec(value)?.[1] ?? GENERAL.get(value);
  if (field === 'brand') return MAKER.get(value);
  return field === 'category' && value === 'server' ? 'computer' : undefined;
}
