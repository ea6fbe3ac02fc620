/** The optional package koffi: calls into libc and libbpf without a compiler at installation. */
import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';
import { LanscopeError } from '../../../bytes/error.ts';

/** A foreign function: numbers, bigint addresses, buffers and strings in; what its prototype says out. */
export type Foreign = (...args: readonly unknown[]) => unknown;

let loaded: typeof Koffi | null = null;

/** COMPONENT_MISSING when the package is not installed or has no build for this machine. */
export function loadKoffi(): typeof Koffi {
  try {
    return (loaded ??= createRequire(import.meta.url)('koffi') as typeof Koffi);
  } catch (cause) {
    throw new LanscopeError(
      'COMPONENT_MISSING',
      'The eBPF backend needs the optional package koffi, which is not installed or has no build for this machine',
      'npm install koffi',
      { cause },
    );
  }
}

/** The functions of a library by their C prototypes, `null` being the program itself (libc). Throws koffi's Error. */
export function bind<Name extends string>(
  library: string | null,
  prototypes: Readonly<Record<Name, string>>,
): Readonly<Record<Name, Foreign>> {
  const handle = loadKoffi().load(library);
  const bound = Object.entries<string>(prototypes).map(([name, prototype]) => [name, handle.func(prototype)]);
  return Object.fromEntries(bound) as Record<Name, Foreign>;
}
