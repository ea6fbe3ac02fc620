/** Limits and timeouts, all in packet time. Defaults are Zeek's where Zeek has one. */
export interface FlowConfig {
  /**
   * Concurrent flows at most; beyond it a flow is ended for each new one and `flow/evicted` counted: the least
   * recently active one of the next `EVICTION_SAMPLE` slots.
   */
  readonly maxFlows: number;
  readonly tcpInactivityMs: number;
  /** As long as no handshake was completed. */
  readonly tcpHandshakeInactivityMs: number;
  /** A SYN that nothing answered. */
  readonly tcpAttemptMs: number;
  /** How long late segments of a closed connection are still taken for its own. */
  readonly tcpCloseDelayMs: number;
  readonly udpInactivityMs: number;
  readonly icmpInactivityMs: number;
  /**
   * UDP flows to a DNS port: looked at in this interval from their start on, and ended when they were silent for a
   * second less than it. A resolver that reuses its port has short flows this way.
   */
  readonly dnsSessionMs: number;
  /** Start of each TCP direction that message decoders get to see at most, in bytes. */
  readonly inspectBytes: number;
  /** Memory for stream starts that cannot be decoded in place, over all flows; beyond it `stream/budget` is counted. */
  readonly inspectBudgetBytes: number;
  /** IP datagrams in reassembly at most, and how long their fragments are waited for. */
  readonly maxFragmented: number;
  readonly fragmentTimeoutMs: number;
}

export const DEFAULT_FLOW_CONFIG: FlowConfig = {
  maxFlows: 262_144,
  tcpInactivityMs: 300_000,
  tcpHandshakeInactivityMs: 60_000,
  tcpAttemptMs: 5_000,
  tcpCloseDelayMs: 5_000,
  udpInactivityMs: 60_000,
  icmpInactivityMs: 60_000,
  dnsSessionMs: 10_000,
  inspectBytes: 16_384,
  inspectBudgetBytes: 33_554_432,
  maxFragmented: 256,
  fragmentTimeoutMs: 30_000,
};
