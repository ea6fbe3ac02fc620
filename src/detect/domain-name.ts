/** Second-level labels below which others register, for the country domains that have them. */
const SHARED_SECOND_LEVEL = new Set(['ac', 'co', 'com', 'edu', 'gov', 'net', 'ne', 'or', 'org']);

/**
 * The part of a name that somebody registered: two labels, three below the likes of `co.uk`. Near enough to group
 * names; '' for names with one label.
 */
export function registrableDomain(name: string): string {
  const labels = name.split('.');
  if (labels.length < 2) return '';
  const top = labels.at(-1)!;
  const shared = top.length === 2 && SHARED_SECOND_LEVEL.has(labels.at(-2)!) && labels.length > 2;
  return labels.slice(shared ? -3 : -2).join('.');
}
