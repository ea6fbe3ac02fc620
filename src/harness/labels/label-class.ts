/** The classes that a model tells apart, and which of them a published label belongs to. */

export const FLOW_CLASSES = ['benign', 'scan', 'c2', 'ddos', 'other'] as const;
export type FlowClass = (typeof FLOW_CLASSES)[number];

/**
 * By the part of the label that decides, the first that fits. IoT-23 joins what it knows (`C&C-HeartBeat-Attack`), and
 * says `Attack` of tries to log in and of exploits, which come with scanning.
 */
const CLASS_OF_LABEL: readonly (readonly [RegExp, FlowClass])[] = [
  [/ddos|dos\b|flood/i, 'ddos'],
  [/scan|okiru/i, 'scan'],
  [/c&c|c2|heartbeat|beacon|torii|mirai|hakai|gafgyt|muhstik|command/i, 'c2'],
  [/attack|exploit|brute/i, 'scan'],
];

/** Class of a connection: `other` is malicious and none of the named (exfiltration, file downloads, tunnels). */
export function classOfLabel(malicious: boolean, label: string): FlowClass {
  if (!malicious) return 'benign';
  return CLASS_OF_LABEL.find(([pattern]) => pattern.test(label))?.[1] ?? 'other';
}
