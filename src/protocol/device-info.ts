/**
 * What devices say of themselves over HTTP in forms of their own: HNAP (Cisco, D-Link), ONVIF (Core Specification, 8.3.1),
 * Hikvision ISAPI, Roku ECP, the Hue bridge's `/api/config` and Shelly's `/shelly`. Ignored on purpose: serial numbers,
 * MAC addresses, network settings, everything that is not about the kind of device.
 */
import type { MessageSink } from './decoder.ts';
import { hasField, readJsonObject, textField } from './json-object.ts';
import { readXmlElements, xmlText } from './xml-elements.ts';

export type DeviceInfoForm = 'hikvision' | 'hnap' | 'hue' | 'onvif' | 'roku' | 'shelly';

export interface DeviceInfoObservation {
  readonly kind: 'device-info';
  readonly form: DeviceInfoForm;
  /** '' where the form or the message does not have it. */
  readonly name: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly description: string;
  readonly firmware: string;
}

/** Names of elements or fields, '' where a form has none. */
interface Form {
  readonly form: DeviceInfoForm;
  /** XML: the element that encloses the rest. JSON: fields that an object of this form has. */
  readonly marks: readonly string[];
  readonly name: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly description: string;
  readonly firmware: string;
}

const XML_FORMS: readonly Form[] = [
  {
    form: 'hnap',
    marks: ['GetDeviceSettingsResponse'],
    name: 'DeviceName',
    manufacturer: 'VendorName',
    model: 'ModelName',
    description: 'ModelDescription',
    firmware: 'FirmwareVersion',
  },
  {
    form: 'onvif',
    marks: ['GetDeviceInformationResponse'],
    name: '',
    manufacturer: 'Manufacturer',
    model: 'Model',
    description: '',
    firmware: 'FirmwareVersion',
  },
  {
    form: 'hikvision',
    marks: ['DeviceInfo'],
    name: 'deviceName',
    manufacturer: 'manufacturer',
    model: 'model',
    description: 'deviceType',
    firmware: 'firmwareVersion',
  },
  {
    form: 'roku',
    marks: ['device-info'],
    name: 'friendly-device-name',
    manufacturer: 'vendor-name',
    model: 'model-name',
    description: 'friendly-model-name',
    firmware: 'software-version',
  },
];

const JSON_FORMS: readonly Form[] = [
  {
    form: 'hue',
    marks: ['modelid', 'bridgeid', 'swversion'],
    name: 'name',
    manufacturer: '',
    model: 'modelid',
    description: '',
    firmware: 'swversion',
  },
  {
    form: 'shelly',
    marks: ['type', 'mac', 'fw', 'auth'],
    name: 'name',
    manufacturer: '',
    model: 'type',
    description: '',
    firmware: 'fw',
  },
  {
    form: 'shelly',
    marks: ['model', 'gen', 'fw_id', 'app'],
    name: 'name',
    manufacturer: '',
    model: 'model',
    description: 'app',
    firmware: 'fw_id',
  },
];

/** Looks at an XML document; true when it was of one of the forms. */
export function observeXmlInfo(bytes: Uint8Array, start: number, end: number, sink: MessageSink): boolean {
  const elements = readXmlElements(bytes, start, end);
  for (const form of XML_FORMS) {
    const at = elements.findIndex((element) => element.name === form.marks[0]);
    if (at < 0) continue;
    const inside = elements.slice(at + 1);
    return observeForm(form, (name) => xmlText(inside, name), sink);
  }
  return false;
}

/** Looks at a JSON document; true when it was of one of the forms. */
export function observeJsonInfo(bytes: Uint8Array, start: number, end: number, sink: MessageSink): boolean {
  const object = readJsonObject(bytes, start, end);
  if (object === null) return false;
  const form = JSON_FORMS.find(({ marks }) => marks.every((mark) => hasField(object, mark)));
  return form !== undefined && observeForm(form, (name) => textField(object, name), sink);
}

function observeForm(form: Form, read: (name: string) => string, sink: MessageSink): boolean {
  const text = (name: string): string => (name === '' ? '' : read(name));
  const model = text(form.model);
  if (model === '') return false;
  sink.observe({
    kind: 'device-info',
    form: form.form,
    name: text(form.name),
    manufacturer: text(form.manufacturer),
    model,
    description: text(form.description),
    firmware: text(form.firmware),
  });
  return true;
}
