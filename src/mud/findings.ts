/** What is outside a profile, as findings. */
import type { Finding, Severity } from '../detect/finding.ts';
import type { Outside } from './check.ts';
import { protocolName } from './rule.ts';

const SCORE: Readonly<Record<'low' | 'medium', number>> = { low: 25, medium: 50 };

/** One finding an exchange. What others tried and the device did not answer is `low`: it is not the device's doing. */
export function profileFindings(outside: readonly Outside[], profile: string): Finding[] {
  return outside.map(({ exchange, direction }) => {
    const { device, fromDevice, remote, name, protocol, remotePort, localPort, icmpType } = exchange;
    const severity: Severity & ('low' | 'medium') = fromDevice || exchange.answered > 0 ? 'medium' : 'low';
    const port = fromDevice ? remotePort : localPort;
    const service = `${protocolName(protocol)}${port > 0 ? `/${port}` : icmpType >= 0 ? ` type ${icmpType}` : ''}`;
    const peer = name === '' ? remote : `${name} (${remote})`;
    const deed = fromDevice ? `talks to ${peer}` : `is reached by ${peer}`;
    const outcome = exchange.answered > 0 ? '' : fromDevice ? ', without an answer' : ', and does not answer';
    return {
      rule: 'mud-violation',
      severity,
      confidence: 0.95,
      score: SCORE[severity],
      device,
      peer: remote,
      first: exchange.first,
      last: exchange.last,
      count: exchange.flows,
      summary: `${device} ${deed} on ${service}${outcome}, which its profile does not allow`,
      evidence: {
        profile,
        direction,
        protocol: protocolName(protocol),
        ...(port > 0 ? { port } : {}),
        ...(name === '' ? {} : { name }),
        bytesOut: exchange.bytesOut,
        bytesIn: exchange.bytesIn,
      },
      technique: '',
      packets: exchange.packets,
    };
  });
}
