/** What an ONNX file says of itself, which onnxruntime for Node.js does not hand out: ModelProto.metadata_props. */
import { ENTRY, MODEL } from './onnx-format.ts';
import { FieldReader } from './protobuf.ts';

/** What this program writes and reads begins so; what others add is theirs. */
const PREFIX = 'lanscope.';
/** Fields of a model: a handful, its entries and its functions. */
const MAX_FIELDS = 65_536;
/** Of ours: histories of three thousand devices are 3 MB. */
const MAX_KEY_BYTES = 256;
const MAX_TEXT_BYTES = 8 * 1024 * 1024;

const decoder = new TextDecoder();

/** Key and value of the entries that are ours; null when the bytes are no model at all. */
export function readOnnxMetadata(bytes: Uint8Array): Map<string, string> | null {
  const model = new FieldReader(bytes);
  const entry = new FieldReader(bytes);
  const metadata = new Map<string, string>();
  let hasGraph = false;
  for (let fields = 0; model.next();) {
    if (++fields > MAX_FIELDS) return null;
    if (model.number === MODEL.graph) hasGraph = true;
    if (model.number !== MODEL.metadata) continue;
    if (!readEntry(entry.enter(model), metadata)) return null;
  }
  return hasGraph && !model.isDamaged ? metadata : null;
}

/** False when the entry is damaged, or ours and too long. */
function readEntry(entry: FieldReader, into: Map<string, string>): boolean {
  let key: Uint8Array | null = null;
  let value: Uint8Array | null = null;
  while (entry.next()) {
    if (entry.number === ENTRY.key) {
      if (key !== null) return false;
      key = entry.content();
    } else if (entry.number === ENTRY.value) {
      if (value !== null) return false;
      value = entry.content();
    }
  }
  if (entry.isDamaged) return false;
  const name = key === null || key.length > MAX_KEY_BYTES ? '' : decoder.decode(key);
  if (!name.startsWith(PREFIX)) return true;
  if (value !== null && value.length > MAX_TEXT_BYTES) return false;
  into.set(name, value === null ? '' : decoder.decode(value));
  return true;
}
