import type { DecoderTrigger, MessageDecoder } from '../protocol/decoder.ts';

const NONE: readonly number[] = [];

/** Which decoders (by index) are reached how: the list of decoders, turned around once. */
export class Triggers {
  readonly #tcp = new Map<number, number[]>();
  readonly #udp = new Map<number, number[]>();
  readonly #etherType = new Map<number, number[]>();
  readonly #ip = new Map<number, number[]>();
  readonly llc: readonly number[];
  /** Decoders with a probe that speak over TCP or UDP, in list order. */
  readonly tcpProbes: readonly number[];
  readonly udpProbes: readonly number[];

  constructor(decoders: readonly MessageDecoder[]) {
    const llc: number[] = [];
    const tcpProbes: number[] = [];
    const udpProbes: number[] = [];
    decoders.forEach((decoder, index) => {
      for (const trigger of decoder.triggers) {
        if (trigger.kind === 'llc') llc.push(index);
        else this.#add(trigger, index);
      }
      if (decoder.probe === undefined) return;
      if (decoder.triggers.some((t) => t.kind === 'tcp')) tcpProbes.push(index);
      if (decoder.triggers.some((t) => t.kind === 'udp')) udpProbes.push(index);
    });
    this.llc = llc;
    this.tcpProbes = tcpProbes;
    this.udpProbes = udpProbes;
  }

  tcp(port: number): readonly number[] {
    return this.#tcp.get(port) ?? NONE;
  }

  udp(port: number): readonly number[] {
    return this.#udp.get(port) ?? NONE;
  }

  etherType(type: number): readonly number[] {
    return this.#etherType.get(type) ?? NONE;
  }

  ip(protocol: number): readonly number[] {
    return this.#ip.get(protocol) ?? NONE;
  }

  #add(trigger: Exclude<DecoderTrigger, { kind: 'llc' }>, index: number): void {
    switch (trigger.kind) {
      case 'tcp':
        for (const port of trigger.ports) push(this.#tcp, port, index);
        return;
      case 'udp':
        for (const port of trigger.ports) push(this.#udp, port, index);
        return;
      case 'ethertype':
        for (const type of trigger.types) push(this.#etherType, type, index);
        return;
      case 'ip':
        for (const protocol of trigger.protocols) push(this.#ip, protocol, index);
    }
  }
}

function push(map: Map<number, number[]>, key: number, index: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [index]);
  else if (!list.includes(index)) list.push(index);
}
