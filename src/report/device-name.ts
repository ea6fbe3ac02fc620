import type { ReportDevice } from './schema.ts';

/** The name a person would call it: what it asked the DHCP server to be called, else its first; '' without any. */
export function bestName({ names }: Pick<ReportDevice, 'names'>): string {
  return (names.find(({ source }) => source.startsWith('dhcp')) ?? names[0])?.name ?? '';
}
