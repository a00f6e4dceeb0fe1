import { MessageHeader } from 'apache-arrow';

/** Fields of a schema, those within others included: more than any recording has. */
const maxFields = 10_000;

/** Places of members in the tables of Arrow's metadata, in the order in which its format declares them. */
const messageHeader = 2;
const schemaMembers = { fields: 1, metadata: 2 };
const fieldMembers = { children: 5, metadata: 6 };
const batchMembers = { nodes: 1, buffers: 2 };
/** Bytes of a node or a buffer, and of a reference to a table. */
const structLength = 16;
const referenceLength = 4;

/**
 * Checks that the lists in the metadata of a message lie within it. Arrow's own reader believes their lengths, and would
 * go through billions of members that are not there.
 * @param metadata a FlatBuffer: what stands between the prefix of the message and its body
 * @throws Error where a list or a table does not lie within it
 */
export function checkMetadata(metadata: Uint8Array, type: MessageHeader): void {
  const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.byteLength);
  const root = view.getUint32(0, true);
  const header = reference(view, root, messageHeader);
  if (header === undefined) throw unsound();
  if (type === MessageHeader.RecordBatch) {
    list(view, header, batchMembers.nodes, structLength);
    list(view, header, batchMembers.buffers, structLength);
  } else if (type === MessageHeader.Schema) {
    list(view, header, schemaMembers.metadata, referenceLength);
    checkFields(view, header, schemaMembers.fields);
  }
}

/** Goes through fields and those within them without recursion: whoever made them may have nested them without end. */
function checkFields(view: DataView, schema: number, member: number): void {
  const waiting = tables(view, schema, member);
  let nFields = 0;
  for (let field = waiting.pop(); field !== undefined; field = waiting.pop()) {
    list(view, field, fieldMembers.metadata, referenceLength);
    const children = tables(view, field, fieldMembers.children);
    nFields += 1 + children.length;
    if (nFields > maxFields) throw unsound();
    waiting.push(...children);
  }
}

/** Where the tables of a list stand. */
function tables(view: DataView, table: number, member: number): number[] {
  const { at, length } = list(view, table, member, referenceLength);
  if (length > maxFields) throw unsound();
  return Array.from({ length }, (_, i) => {
    const place = at + i * referenceLength;
    return place + view.getUint32(place, true);
  });
}

/** A list that is a member of a table; empty where the table has none. */
function list(view: DataView, table: number, member: number, size: number) {
  const start = reference(view, table, member);
  if (start === undefined) return { at: 0, length: 0 };
  const length = view.getUint32(start, true);
  if (start + 4 + length * size > view.byteLength) throw unsound();
  return { at: start + 4, length };
}

/** What a member of a table refers to; undefined where the table leaves it out. Reading beyond the end throws. */
function reference(view: DataView, table: number, member: number): number | undefined {
  const layout = table - view.getInt32(table, true);
  const place = 4 + 2 * member;
  if (place + 2 > view.getUint16(layout, true)) return undefined;
  const offset = view.getUint16(layout + place, true);
  if (offset === 0) return undefined;
  return table + offset + view.getUint32(table + offset, true);
}

function unsound(): Error {
  return new Error('the metadata of an Arrow message does not lie within it');
}
