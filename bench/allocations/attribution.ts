/** To which room and function of the sources what a heap profile of a bundle counted belongs. */
import type { HeapProfiler } from 'node:inspector';

type Node = HeapProfiler.SamplingHeapProfileNode;
type ModuleAt = (line: number) => string;

/** Module of each line of a bundle: esbuild writes the path of each before it as a comment. */
export function modulesOf(bundle: string): ModuleAt {
  let module = '';
  const modules = bundle
    .split('\n')
    .map((line) => (module = /^\s*\/\/ (\S+\.ts)$/.exec(line)?.[1] ?? module));
  return (line) => modules[line] ?? '';
}

export interface Allocated {
  /** Largest first. */
  readonly rooms: readonly (readonly [room: string, bytes: number])[];
  readonly functions: readonly (readonly [name: string, bytes: number])[];
  readonly total: number;
}

/** What builtins allocate belongs to the function of `src` that called them. */
export function allocatedBy(head: Node, moduleAt: ModuleAt): Allocated {
  const rooms = new Map<string, number>();
  const functions = new Map<string, number>();
  let total = 0;
  const add = (sums: Map<string, number>, key: string, bytes: number): void => {
    sums.set(key, (sums.get(key) ?? 0) + bytes);
  };
  const visit = (node: Node, outerRoom: string, outerName: string): void => {
    const { functionName, url, lineNumber } = node.callFrame;
    // What belongs to Node itself has no file that is part of the bundle.
    const module = url.startsWith('file:') ? moduleAt(lineNumber) : '';
    const isOurs = module.startsWith('src/');
    const room = isOurs ? module.split('/')[1]! : outerRoom;
    const name = isOurs ? `${functionName || '(anonymous)'} ${module}` : outerName;
    if (node.selfSize > 0) {
      add(rooms, room, node.selfSize);
      add(functions, name, node.selfSize);
      total += node.selfSize;
    }
    for (const child of node.children) visit(child, room, name);
  };
  visit(head, 'Node and this bench', 'Node and this bench');
  const largestFirst = (sums: Map<string, number>): [string, number][] =>
    [...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return { rooms: largestFirst(rooms), functions: largestFirst(functions), total };
}
