import { defineSink, type OpenSink, type SinkContext } from '../define.ts';

export const triggersFile = 'triggers.jsonl';

/**
 * Writes triggers as they happen, one JSON object in a line: `node`, `time` in seconds of the recording, and what the
 * trigger knows besides: `line` and `isOn` of a TTL event, `assembly` and `value` of a crossing. Each line is handed to the
 * system at once, and `recover` keeps the whole lines of a live run that was cut short. A run without triggers leaves an
 * empty file.
 * @throws SinkError when the file cannot be written
 */
async function open({ folder }: SinkContext): Promise<OpenSink> {
  const file = await folder.create(triggersFile);
  const encoder = new TextEncoder();
  return {
    chunk: async ({ node }, chunk) => {
      if (chunk.kind !== 'trigger') return;
      const { kind: _, ...facts } = chunk;
      await file.write(encoder.encode(`${JSON.stringify({ node, ...facts })}\n`));
    },
    value: async () => {},
    finish: () => file.close(),
  };
}

export const triggersNode = defineSink({
  op: 'triggers',
  summary: 'Writes triggers as they happen, one JSON object in a line.',
  records: ['triggers'],
  pulls: ['triggers'],
  isBeside: true,
  params: {},
  open: async (_options, context) => open(context),
});
