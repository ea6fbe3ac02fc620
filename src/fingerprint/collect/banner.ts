/** Greetings of servers and names of clients. */
import type { BannerObservation } from '../../protocol/line-protocol.ts';
import type { MqttConnectObservation } from '../../protocol/mqtt.ts';
import type { SshVersionObservation } from '../../protocol/ssh.ts';
import type { Claims } from './claim.ts';

export function collectSshVersion(message: SshVersionObservation, claims: Claims): void {
  const source = message.isClient ? 'ssh.client' : 'ssh.banner';
  claims.byFact(source, 'ssh.banner', `SSH-${message.protocolVersion}-${message.software}`);
}

export function collectBanner(message: BannerObservation, claims: Claims): void {
  if (!claims.byFact(`banner.${message.protocol}`, 'banner', message.text)) {
    claims.byModel(`banner.${message.protocol}`, message.text);
  }
}

/** Devices often call themselves by product and number: `shellyplug-s-1A2B3C`. Firmware has its own tree of topics. */
export function collectMqttConnect(message: MqttConnectObservation, claims: Claims): void {
  claims.byHostName('mqtt.clientId', message.clientId);
  claims.byFact('mqtt.willTopic', 'mqtt.topic', message.willTopic);
}
