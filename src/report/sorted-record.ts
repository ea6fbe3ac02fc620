import { compareText } from '../bytes/order.ts';

/**
 * An object whose keys come in code-unit order. Keys from outside cannot reach the prototype: `Object.fromEntries`
 * defines members.
 */
export function sortedRecord<V>(entries: readonly (readonly [string, V])[]): Record<string, V> {
  return Object.fromEntries([...entries].sort((a, b) => compareText(a[0], b[0])));
}
