import type { Actor } from './actor.ts';
import { BoundedMap } from './bounded-map.ts';
import { Episode } from './episode.ts';

/** Actors followed at a time, and episodes kept that are over. */
const MAX_ACTORS = 1024;
const MAX_CLOSED = 1024;

/** An episode of one actor with whatever else its detector notes of it. */
export interface Entry<T> {
  readonly actor: Actor;
  readonly episode: Episode;
  readonly notes: T;
}

/**
 * Episodes by actor: an event more than `gapSeconds` after the last one begins a new episode. Bounds: `MAX_ACTORS`
 * current episodes (the actor heard from longest ago makes room, its episode is over), `MAX_CLOSED` that are over.
 */
export class EpisodeLog<T> {
  private readonly current: BoundedMap<string, Entry<T>>;
  private readonly closed: Entry<T>[] = [];
  private readonly gapSeconds: number;
  private readonly notes: () => T;
  /** Episodes that were not kept because of the bound. */
  lost = 0;

  constructor(gapSeconds: number, notes: () => T) {
    this.gapSeconds = gapSeconds;
    this.notes = notes;
    this.current = new BoundedMap(MAX_ACTORS, (entry) => this.close(entry));
  }

  /** The episode that an event of `actor` belongs to; `about` keeps apart what one actor does side by side. */
  at(actor: Actor, seconds: number, nanos: number, about = ''): Entry<T> {
    const key = keyOf(actor, about);
    const known = this.current.touch(key);
    if (known !== undefined) {
      if (known.episode.secondsSince(seconds, nanos) <= this.gapSeconds) return known;
      this.close(known);
      this.current.delete(key);
    }
    const entry = { actor, episode: new Episode(seconds, nanos), notes: this.notes() };
    this.current.add(key, entry);
    return entry;
  }

  /** The running episode, if there is one. */
  running(actor: Actor, seconds: number, nanos: number, about = ''): Entry<T> | undefined {
    const known = this.current.peek(keyOf(actor, about));
    return known !== undefined && known.episode.secondsSince(seconds, nanos) <= this.gapSeconds
      ? known
      : undefined;
  }

  *entries(): IterableIterator<Entry<T>> {
    yield* this.closed;
    yield* this.current.values();
  }

  private close(entry: Entry<T>): void {
    if (this.closed.length < MAX_CLOSED) this.closed.push(entry);
    else this.lost++;
  }
}

/** An actor's own key has no hash in it, and is found without being read. */
function keyOf(actor: Actor, about: string): string {
  return about === '' ? actor.key : `${actor.key}#${about}`;
}
