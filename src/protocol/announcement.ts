/**
 * What the discovery protocols of single vendors have in common: a device says what it is, or somebody looks for such
 * devices. One observation for all of them, so that whoever weighs it needs no list of vendors.
 */
import { type Mac, NO_MAC } from '../bytes/address.ts';

export interface AnnouncementObservation {
  readonly kind: 'announcement';
  /** Name of the protocol, as the decoder's. */
  readonly protocol: string;
  /** `query`: the sender looks for devices, and may fill nothing else in. `device`: the sender describes itself. */
  readonly role: 'query' | 'device';
  /** What its owner calls it. */
  readonly name: string;
  readonly manufacturer: string;
  readonly model: string;
  /** The protocol's own word or number for the kind of device. */
  readonly deviceType: string;
  /** Identifier that stays: serial number, device id. */
  readonly id: string;
  readonly mac: Mac;
  /** Address text. */
  readonly address: string;
  readonly firmware: string;
  readonly hardware: string;
  /** Further `key=value` pairs, bounded. */
  readonly details: readonly string[];
}

/** An announcement with what is given filled in. */
export function announcement(
  protocol: string,
  role: AnnouncementObservation['role'],
  fields: Partial<Omit<AnnouncementObservation, 'kind' | 'protocol' | 'role'>> = {},
): AnnouncementObservation {
  return {
    kind: 'announcement',
    protocol,
    role,
    name: '',
    manufacturer: '',
    model: '',
    deviceType: '',
    id: '',
    mac: NO_MAC,
    address: '',
    firmware: '',
    hardware: '',
    details: [],
    ...fields,
  };
}
