/** What a person must know about an input beside its analysis: damage, drops, link types that are not analyzed. */
import { ANALYZED_LINK_TYPES } from '../../packet/encapsulation.ts';
import { formatCount, formatPlural } from '../quantity.ts';
import type { ReportInput } from '../schema.ts';
import { safeText } from './cell.ts';

/** One line each, in order of importance; none when all is well. */
export function inputNotices(input: ReportInput): string[] {
  return [damageNotice(input), dropNotice(input), linkTypeNotice(input)].filter((notice) => notice !== '');
}

/** '' when there is none. */
export function damageNotice({ name, damage }: Pick<ReportInput, 'name' | 'damage'>): string {
  if (damage === null) return '';
  const went =
    damage.resynchronised > 0
      ? `read on after ${formatPlural(damage.resynchronised, 'gap')}`
      : 'reading stopped there';
  return (
    `${label(name)} is damaged at byte ${formatCount(damage.offset)}: ${safeText(damage.reason)}; ` +
    `${went}, ${formatPlural(damage.bytesLost, 'byte')} not read`
  );
}

function dropNotice({ name, interfaces }: ReportInput): string {
  const dropped = interfaces.reduce((sum, face) => sum + (face.drops ?? 0), 0);
  return dropped === 0 ? '' : `${label(name)} states ${formatPlural(dropped, 'packet')} lost while capturing`;
}

function linkTypeNotice({ name, interfaces }: ReportInput): string {
  const names = new Set(
    interfaces
      .filter((face) => !ANALYZED_LINK_TYPES.includes(face.linkType))
      .map((face) => (face.linkTypeName === '' ? String(face.linkType) : face.linkTypeName)),
  );
  return names.size === 0
    ? ''
    : `${label(name)}: frames of link type ${[...names].join(', ')} are counted and not analyzed`;
}

function label(name: string): string {
  return name === '-' ? 'standard input' : safeText(name);
}
