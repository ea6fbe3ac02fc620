import type { Flows } from '../../flow/flows.ts';
import type { MessageContext } from '../../protocol/decoder.ts';
import type { MqttConnectObservation } from '../../protocol/mqtt.ts';
import { FLOW_ID_FIELDS, flowIdValues } from './flow-id.ts';
import { type Field, type FieldValue, timeText } from './value.ts';

/** mqtt_connect.log: one row per CONNECT. The answer and the will's message are not kept. */
export const MQTT_CONNECT_FIELDS: readonly Field[] = [
  { name: 'ts', type: 'time' },
  ...FLOW_ID_FIELDS,
  { name: 'proto_name', type: 'string' },
  { name: 'proto_version', type: 'string' },
  { name: 'client_id', type: 'string' },
  { name: 'connect_status', type: 'string' },
  { name: 'will_topic', type: 'string' },
  { name: 'will_payload', type: 'string' },
];

const VERSIONS: Readonly<Record<number, string>> = { 3: '3.1', 4: '3.1.1', 5: '5.0' };

export function mqttConnectValues(
  message: MqttConnectObservation,
  at: MessageContext,
  flows: Flows,
): FieldValue[] {
  return [
    timeText(at.seconds, at.nanos),
    ...flowIdValues(flows, at.flow),
    message.protocolLevel === 3 ? 'MQIsdp' : 'MQTT',
    VERSIONS[message.protocolLevel] ?? String(message.protocolLevel),
    message.clientId,
    undefined,
    message.willTopic || undefined,
    undefined,
  ];
}
