/** Putting frames on an interface through libpcap. The only place of the program that sends packets. */
import { LanscopeError } from '../../bytes/error.ts';
import { type Cap, linkTypeOf, loadCap } from './cap-addon.ts';
import { openError } from './open-error.ts';

export interface Injector {
  /** Sends a frame as it is. OUTPUT_UNWRITABLE when the interface does not take it. */
  send(frame: Buffer, length: number): void;
  close(): void;
}

/** What `cap` can send in addition to what it always has. */
interface SendingCap extends Cap {
  send(frame: Buffer, length: number): boolean;
}

/** Nothing is wanted back: no frame has these addresses. */
const NOTHING = 'ether src 00:00:00:00:00:00 and ether dst 00:00:00:00:00:00';
const ETHERNET = 1;
const BUFFER_BYTES = 1 << 20;

/** Never collected: see `cap-addon.ts`. */
const kept: unknown[] = [];

/** COMPONENT_MISSING, NO_SUCH_INTERFACE, NO_PERMISSION; USAGE when the interface takes no Ethernet frames. */
export function openInjector(name: string): Injector {
  const cap = new (loadCap().Cap)() as SendingCap;
  const buffer = Buffer.alloc(65_535);
  kept.push(cap, buffer);
  let linkType: string;
  try {
    linkType = cap.open(name, NOTHING, BUFFER_BYTES, buffer);
  } catch (error) {
    throw openError(name, (error as Error).message);
  }
  if (linkTypeOf(linkType) !== ETHERNET) {
    cap.close();
    throw new LanscopeError('USAGE', `${name} takes no Ethernet frames (${linkType})`);
  }
  return {
    send(frame, length) {
      try {
        cap.send(frame, length);
      } catch (cause) {
        throw new LanscopeError(
          'OUTPUT_UNWRITABLE',
          `${name} does not take a frame: ${(cause as Error).message}`,
          '',
          {
            cause,
          },
        );
      }
    },
    close: () => void cap.close(),
  };
}
