import { existsSync, readFileSync } from 'node:fs';
import { noSuchInterface } from './open-error.ts';

/**
 * Why frames on this interface may reach others than this machine's own virtual networks; '' when they cannot as far
 * as Linux tells: no hardware behind it, no part of a bridge, no way to the default gateway. NO_SUCH_INTERFACE.
 */
export function publicBecause(name: string): string {
  const folder = `/sys/class/net/${name}`;
  if (!existsSync(folder)) {
    if (process.platform === 'linux') throw noSuchInterface(name);
    return 'nothing is known of it';
  }
  if (existsSync(`${folder}/device`)) return 'it is a physical interface';
  if (existsSync(`${folder}/master`)) return 'it is part of a bridge or bond';
  if (defaultRouteInterfaces().includes(name)) return 'the default route leads over it';
  return '';
}

function defaultRouteInterfaces(): string[] {
  const read = (path: string): string[][] =>
    existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .map((line) => line.trim().split(/\s+/))
      : [];
  const v4 = read('/proc/net/route').filter(
    ([, to, , , , , , mask]) => to === '00000000' && mask === '00000000',
  );
  const v6 = read('/proc/net/ipv6_route').filter(([to, length]) => length === '00' && /^0+$/.test(to ?? ''));
  return [
    ...v4.map(([name]) => name!),
    ...v6.map((fields) => fields.at(-1)!).filter((name) => name !== 'lo'),
  ];
}
