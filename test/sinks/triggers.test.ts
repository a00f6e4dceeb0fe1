import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkText } from '../support/pipeline.ts';
import { readColumns, runText } from '../support/run.ts';

const base = fileURLToPath(new URL('../../pipelines/', import.meta.url));

function pipeline(threshold: string, sink = 'crossings: { op: triggers }'): string {
  return `version: 1
name: crossings
nodes:
  recording: { op: cellexplorer, path: ../data-samples/sim_small_11, brainRegion: CA1, cellType: Pyr }
  task: { op: epoch-filter, from: recording.spikes, keep: task & THETA }
  taskCounts: { op: bin, from: task, binSize: 0.025 }
  taskZ: { op: zscore, from: taskCounts }
  templates: { op: fit-patterns, from: taskZ }
  counts: { op: bin, from: recording.spikes, binSize: 0.025 }
  z: { op: zscore, from: counts }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
  high: { op: threshold, from: activity, ${threshold} }
  ${sink}
  files: { op: parquet }
`;
}

test('each crossing is a line, and they are those of the activation that was recorded', async () => {
  const { folder } = await runText(pipeline('level: 20, refractory: 0'), base);
  const text = new TextDecoder().decode(folder.files.get('triggers.jsonl')?.bytes());
  expect(text.endsWith('\n')).toBe(true);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  const columns = await readColumns(folder, 'activations.parquet');
  const time = columns.get('time') ?? new Float64Array(0);
  const strengths = [...columns].filter(([name]) => name !== 'time').map(([, values]) => values);
  const expected = [...time].flatMap((t, row) =>
    strengths.flatMap((values, a) =>
      row > 0 && values[row] >= 20 && values[row - 1] < 20
        ? [{ node: 'high', time: t, assembly: a + 1, value: values[row] }]
        : [],
    ),
  );
  expect(expected.length).toBeGreaterThan(100);
  expect(lines).toEqual(expected);
  expect(folder.files.get('triggers.jsonl')?.isClosed()).toBe(true);
});

test('a run without crossings leaves an empty file', async () => {
  const { folder } = await runText(pipeline('level: 1e9'), base);
  expect(folder.files.get('triggers.jsonl')?.bytes()).toHaveLength(0);
});

test('crossings that no sink records are an output nobody reads', () => {
  expect(checkText(pipeline('level: 20')).places).toEqual([]);
  expect(checkText(pipeline('level: 20', '')).problems.map(({ code }) => code)).toEqual([
    'UNUSED_OUTPUT',
  ]);
});
