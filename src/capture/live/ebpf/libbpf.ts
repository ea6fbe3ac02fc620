/** libbpf 1.x through koffi: as much of it as loading and attaching takes. */
import { LanscopeError } from '../../../bytes/error.ts';
import { bind, type Foreign, loadKoffi } from './koffi.ts';
import { SystemError } from './libc.ts';

const LIBRARY = 'libbpf.so.1';

const PROTOTYPES = {
  libbpf_set_print: 'void *libbpf_set_print(void *print)',
  libbpf_num_possible_cpus: 'int libbpf_num_possible_cpus()',
  libbpf_probe_bpf_map_type: 'int libbpf_probe_bpf_map_type(int type, void *options)',
  bpf_object__open_file: 'void *bpf_object__open_file(const char *path, void *options)',
  bpf_object__load: 'int bpf_object__load(void *object)',
  bpf_object__close: 'void bpf_object__close(void *object)',
  bpf_object__find_program_by_name: 'void *bpf_object__find_program_by_name(void *object, const char *name)',
  bpf_object__find_map_by_name: 'void *bpf_object__find_map_by_name(void *object, const char *name)',
  bpf_program__set_autoload: 'int bpf_program__set_autoload(void *program, bool load)',
  bpf_program__fd: 'int bpf_program__fd(void *program)',
  bpf_map__set_autocreate: 'int bpf_map__set_autocreate(void *map, bool create)',
  bpf_map__set_max_entries: 'int bpf_map__set_max_entries(void *map, uint32_t entries)',
  bpf_map__set_initial_value: 'int bpf_map__set_initial_value(void *map, const void *data, size_t size)',
  bpf_map__fd: 'int bpf_map__fd(void *map)',
  bpf_map_update_elem: 'int bpf_map_update_elem(int fd, const void *key, const void *value, uint64_t flags)',
  bpf_map_lookup_elem: 'int bpf_map_lookup_elem(int fd, const void *key, void *value)',
  bpf_map_delete_elem: 'int bpf_map_delete_elem(int fd, const void *key)',
  bpf_map_get_next_key: 'int bpf_map_get_next_key(int fd, const void *key, void *next)',
  bpf_map_lookup_and_delete_batch:
    'int bpf_map_lookup_and_delete_batch(int fd, const void *from, void *to, void *keys, void *values, void *count, void *options)',
  bpf_link_create: 'int bpf_link_create(int program, int target, int type, void *options)',
  bpf_tc_hook_create: 'int bpf_tc_hook_create(void *hook)',
  bpf_tc_attach: 'int bpf_tc_attach(void *hook, void *options)',
  bpf_tc_detach: 'int bpf_tc_detach(void *hook, void *options)',
} as const;

export type Libbpf = Readonly<Record<keyof typeof PROTOTYPES, Foreign>>;

let bound: Libbpf | null = null;

/** COMPONENT_MISSING when koffi or libbpf is not there, or is older than 1.0. */
export function loadLibbpf(library = LIBRARY): Libbpf {
  if (bound !== null && library === LIBRARY) return bound;
  loadKoffi();
  try {
    const functions = bind(library, PROTOTYPES);
    // What it would print is said by the error that is thrown.
    functions.libbpf_set_print(null);
    if (library === LIBRARY) bound = functions;
    return functions;
  } catch (cause) {
    throw new LanscopeError(
      'COMPONENT_MISSING',
      `The eBPF backend needs the library ${library}, which was not found`,
      'Debian, Ubuntu: apt-get install libbpf1; Fedora: dnf install libbpf; Alpine: apk add libbpf',
      { cause },
    );
  }
}

/** Of a function that answers with a number: the number, or SystemError when it is negative. */
export function requireOk(what: string, result: unknown): number {
  const number = Number(result);
  if (number < 0) throw new SystemError(what, number === -1 ? loadKoffi().errno() : -number);
  return number;
}

/** Of a function that answers with a pointer: it, or SystemError when it is null. */
export function requirePointer(what: string, result: unknown): unknown {
  if (result === null) throw new SystemError(what, loadKoffi().errno());
  return result;
}
