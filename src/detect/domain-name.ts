/** Second-level labels below which others register, for the country domains that have them. */
const SHARED_SECOND_LEVEL = new Set(['ac', 'co', 'com', 'edu', 'gov', 'net', 'ne', 'or', 'org']);

/**
 * The part of a name that somebody registered: two labels, three below the likes of `co.uk`. Near enough to group
 * names; '' for names with one label.
 */
export function registrableDomain(name: string): string {
  const last = name.lastIndexOf('.');
  if (last < 0) return '';
  const second = last === 0 ? -1 : name.lastIndexOf('.', last - 1);
  const isShared =
    second >= 0 && name.length - last === 3 && SHARED_SECOND_LEVEL.has(name.slice(second + 1, last));
  const cut = isShared ? (second === 0 ? -1 : name.lastIndexOf('.', second - 1)) : second;
  return name.slice(cut + 1);
}
