import type { DetectorView } from './detector.ts';

/** Things remembered over all devices while learning. */
const MAX_LEARNED = 65_536;

/** How new a thing is for a device. */
export type Novelty = 'learned' | 'known' | 'new' | 'unjudged';

/**
 * What is usual for each device: what the baseline says, and what it did in the learning phase. A device that neither
 * knows is not judged: it is new as a whole. Bounds: `MAX_LEARNED` things learned; when they are all used up, what
 * was not learned may have been usual, and nothing is called new any more.
 */
export class Habits {
  private readonly learned = new Map<string, Set<string>>();
  private readonly view: DetectorView;
  private readonly learnSeconds: number;
  /** What the baseline knows of a device; undefined when it does not know it (or not all of it). */
  private readonly baselineOf: (device: string) => ReadonlySet<string> | undefined;
  private size = 0;
  private begin = -1;

  constructor(
    view: DetectorView,
    learnSeconds: number,
    baselineOf: (device: string) => ReadonlySet<string> | undefined,
  ) {
    this.view = view;
    this.learnSeconds = learnSeconds;
    this.baselineOf = baselineOf;
  }

  /** Packet time is `seconds`: the first time, and any time before it, is when the learning phase begins. */
  tick(seconds: number): void {
    if (this.begin < 0 || seconds < this.begin) this.begin = seconds;
  }

  /** How usual `thing` is for a device at a time in seconds with fraction; what is new is usual from now on. */
  judge(device: number, thing: string, time: number): Novelty {
    const { id, firstSeconds } = this.view.devices.devices[device]!;
    const usual = this.baselineOf(id);
    if (usual?.has(thing) === true) return 'known';
    const isLearning = time - this.begin < this.learnSeconds;
    const wasThere = firstSeconds - this.begin < this.learnSeconds;
    if (!isLearning && usual === undefined && !wasThere) return 'unjudged';
    let things = this.learned.get(id);
    if (things?.has(thing) === true) return 'known';
    if (this.size >= MAX_LEARNED) return 'unjudged';
    if (things === undefined) this.learned.set(id, (things = new Set()));
    things.add(thing);
    this.size++;
    return isLearning ? 'learned' : 'new';
  }

  /** Things that are usual for a device, so far. */
  countOf(device: string): number {
    return (this.baselineOf(device)?.size ?? 0) + (this.learned.get(device)?.size ?? 0);
  }
}
