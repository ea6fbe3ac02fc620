import { LanscopeError } from '../bytes/error.ts';

/** A tree of numbers, booleans and texts: what a section of the configuration looks like. */
export type ConfigTree = { readonly [key: string]: number | boolean | string | ConfigTree };

/**
 * `defaults` with the values that a person gave. Keys and types must be those of the defaults, numbers must be finite
 * and not negative. Throws `LanscopeError` CONFIG_INVALID that names the key.
 */
export function applyOverrides<T extends object>(defaults: T, given: unknown, path = ''): T {
  if (given === undefined) return defaults;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new LanscopeError('CONFIG_INVALID', `${path || 'the configuration'} must be an object`);
  }
  const result: Record<string, unknown> = { ...(defaults as Record<string, unknown>) };
  for (const [key, value] of Object.entries(given)) {
    const name = path === '' ? key : `${path}.${key}`;
    if (!Object.hasOwn(defaults, key)) {
      throw new LanscopeError(
        'CONFIG_INVALID',
        `there is no setting '${name}'`,
        `Settings there: ${Object.keys(defaults).join(', ')}`,
      );
    }
    const standard = (defaults as Record<string, unknown>)[key];
    if (typeof standard === 'object' && standard !== null) {
      result[key] = applyOverrides(standard, value, name);
      continue;
    }
    if (typeof value !== typeof standard) {
      throw new LanscopeError(
        'CONFIG_INVALID',
        `'${name}' must be a ${typeof standard}, as its default ${String(standard)}`,
      );
    }
    if (typeof value === 'number' && !(Number.isFinite(value) && value >= 0)) {
      throw new LanscopeError('CONFIG_INVALID', `'${name}' must be a number that is not negative`);
    }
    result[key] = value;
  }
  return result as T;
}

/** Settings that differ from the defaults, by dotted name: what a report states. */
export function changedSettings(defaults: object, config: object, path = ''): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    const name = path === '' ? key : `${path}.${key}`;
    const standard = (defaults as Record<string, unknown>)[key];
    if (Array.isArray(value)) {
      if (JSON.stringify(value) !== JSON.stringify(standard)) changed[name] = value;
    } else if (
      typeof value === 'object' &&
      value !== null &&
      typeof standard === 'object' &&
      standard !== null
    ) {
      Object.assign(changed, changedSettings(standard, value as object, name));
    } else if (value !== standard) changed[name] = value;
  }
  return changed;
}
