/**
 * A recording with a clock of its own. Things that take hours are recorded one after the other with short pauses, and the
 * pauses are stretched afterwards: `skip(seconds)` inserts that much time where nothing is sent. Within an exchange
 * packets keep the distances that they had on the wire.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Choices } from './random.ts';
import type { Host, House } from './house.ts';

/** Packets under way must have arrived before time is inserted. */
const SETTLE_MS = 60;

/** Inserted time: what was recorded at `at` or later (ms since the epoch) happens `seconds` later. */
export interface Gap {
  readonly at: number;
  readonly seconds: number;
}

/** Who did what to whom, and how its packets are known. */
export interface Deed {
  readonly actors: readonly string[];
  readonly targets: readonly string[];
  /** pcap-filter expression for packets of the attack during its time. */
  readonly filter: string;
  readonly tool: string;
}

export interface RecordedEpisode extends Deed {
  readonly name: string;
  readonly technique: string;
  readonly rules: readonly string[];
  readonly also: readonly string[];
  /** Recording time, ms since the epoch. */
  readonly from: number;
  readonly to: number;
}

export class Day {
  readonly house: House;
  readonly choices: Choices;
  readonly gaps: Gap[] = [];
  readonly episodes: RecordedEpisode[] = [];

  constructor(house: House, choices: Choices) {
    this.house = house;
    this.choices = choices;
  }

  async skip(seconds: number): Promise<void> {
    await sleep(SETTLE_MS);
    this.gaps.push({ at: Date.now(), seconds });
    await sleep(2);
  }

  /** The host with this role; it is there, or the plan is wrong. */
  host(role: Host['role']): Host {
    const found = this.house.hosts.find((host) => host.role === role);
    if (found === undefined) throw new Error(`there is no ${role} here`);
    return found;
  }

  /** One of the hosts that live here and are not told to be left out. */
  resident(...except: readonly string[]): Host {
    return this.choices.pick(
      this.house.hosts.filter(({ role, name }) => role !== 'intruder' && !except.includes(name)),
    );
  }

  /** A device that has no person before it, or any resident where there is none. */
  thing(): Host {
    const things = this.house.hosts.filter(({ role }) =>
      ['camera', 'plug', 'tv', 'printer', 'thermostat', 'speaker'].includes(role),
    );
    return this.choices.pick(things);
  }
}
