/** What an ONNX file says of itself, which onnxruntime for Node.js does not hand out: ModelProto.metadata_props. */
import { ENTRY, MODEL } from './onnx-format.ts';
import { fieldText, readFields } from './protobuf.ts';

/** Key and value pairs; null when the bytes are no model at all. */
export function readOnnxMetadata(bytes: Uint8Array): Map<string, string> | null {
  const model = readFields(bytes);
  if (model === null || !model.some(({ number }) => number === MODEL.graph)) return null;
  const metadata = new Map<string, string>();
  for (const field of model) {
    if (field.number !== MODEL.metadata) continue;
    const entry = readFields(field.bytes);
    if (entry === null) return null;
    const text = (number: number): string => {
      const found = entry.find((each) => each.number === number);
      return found === undefined ? '' : fieldText(found);
    };
    metadata.set(text(ENTRY.key), text(ENTRY.value));
  }
  return metadata;
}
