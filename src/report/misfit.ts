/** What of a value does not fit its schema, in words for who wrote it. Of the keywords only those that our schemas use. */
import { escapeForTerminal } from '../bytes/text.ts';

/** What both checkers of typebox give, compiled or not. */
interface SchemaError {
  readonly keyword: string;
  /** JSON pointer (RFC 6901). */
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

export const LIMIT = {
  /** Characters of a place, which comes from the file. */
  placeLength: 200,
  /** Allowed values that are listed. */
  values: 20,
} as const;

const TYPES: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
};

/** `/cases/0/packets must be a whole number`: the first that does not fit, and where. */
export function describeMisfit(errors: readonly SchemaError[]): string {
  const [first] = errors;
  if (first === undefined) return 'the top level does not fit';
  const place = first.instancePath === '' ? 'the top level' : first.instancePath;
  return `${escapeForTerminal(place, LIMIT.placeLength)} ${complaint(first, errors)}`;
}

function complaint(error: SchemaError, errors: readonly SchemaError[]): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'type':
      return `must be ${typesAt(error, errors).join(' or ')}`;
    case 'required':
      return `has no ${(params['requiredProperties'] as readonly string[]).map((name) => `'${name}'`).join(', ')}`;
    // An unknown field is checked against a schema that nothing fits.
    case 'boolean':
      return 'is not a known field';
    case 'minimum':
      return `must be at least ${String(params['limit'])}`;
    case 'maximum':
      return `must be at most ${String(params['limit'])}`;
    case 'const':
      return `must be ${JSON.stringify(params['allowedValue'])}`;
    case 'enum':
      return `must be one of ${list(params['allowedValues'] as readonly unknown[])}`;
    case 'pattern':
      return `must match the pattern ${String(params['pattern'])}`;
    default:
      return error.message;
  }
}

/** Of a union every type is a complaint of its own. */
function typesAt({ instancePath, params }: SchemaError, errors: readonly SchemaError[]): string[] {
  const union = errors.some((error) => error.keyword === 'anyOf' && error.instancePath === instancePath);
  const complaints = union
    ? errors.filter((error) => error.keyword === 'type' && error.instancePath === instancePath)
    : [{ params }];
  const types = complaints.map((error) => (error.params as { type?: string | readonly string[] }).type ?? '');
  return [...new Set(types.flat().map((type) => TYPES[type] ?? type))];
}

function list(values: readonly unknown[]): string {
  const shown = values.slice(0, LIMIT.values).map((value) => JSON.stringify(value));
  return shown.join(', ') + (values.length > shown.length ? ', …' : '');
}
