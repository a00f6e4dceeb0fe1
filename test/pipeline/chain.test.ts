import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { defineOperator, defineSource } from '../../src/define.ts';
import type { PipelineError } from '../../src/errors.ts';
import { binNode } from '../../src/operators/bin.ts';
import { findChain } from '../../src/pipeline/chain.ts';
import { buildGraph } from '../../src/pipeline/check.ts';
import { parsePipeline } from '../../src/pipeline/parse.ts';
import { planPasses } from '../../src/pipeline/plan.ts';
import { builtins } from '../../src/registry.ts';
import { runsInChain } from '../../src/workers/chain-operators.ts';

const tutorial = readFileSync(
  fileURLToPath(new URL('../../pipelines/neuro-py-tutorial.yaml', import.meta.url)),
  'utf8',
);

/** The chain of each pass, as its nodes and its output. */
function chainsOf(text: string, registry = builtins) {
  const problems: PipelineError[] = [];
  const spec = parsePipeline(text, 'test.yaml', new Map(), problems);
  const graph = spec && buildGraph(spec, registry, problems);
  if (!graph || problems.length > 0) throw new Error(problems.join('\n'));
  return planPasses(graph).map((pass) => {
    const chain = findChain(pass, runsInChain);
    if (!chain) return undefined;
    const { nodes, input, output } = chain;
    return [input, ...nodes, output]
      .map((part) => ('id' in part ? part.id : `${part.node}.${part.port}`))
      .join(' ');
  });
}

const whole = 'recording.spikes counts smoothed z z.moments';

describe('what runs in a thread of its own', () => {
  test('is the smoothing for moments, and nothing of the pass that projects', () => {
    expect(chainsOf(tutorial)).toEqual([whole, undefined]);
  });

  test.each([
    {
      what: 'no smoothing',
      // The line goes, and what read it reads the counts.
      edit: (text: string) =>
        text.replace(/ {2}smoothed:.*\n/, '').replace('from: smoothed', 'from: counts'),
    },
    {
      what: 'counts that others read',
      edit: (text: string) =>
        `${text}  other: { op: zscore, from: counts }\n  more: { op: project, inputs: { zscored: other, patterns: templates } }\n`,
    },
    {
      what: 'a filter, which reads epochs beside its stream',
      edit: (text: string) =>
        text.replace(
          'counts: { op: bin, from: recording.spikes',
          'night: { op: epoch-filter, from: recording.spikes, keep: pre }\n  counts: { op: bin, from: night',
        ),
    },
    {
      what: 'z-scores over epochs',
      edit: (text: string) =>
        text.replace(
          'z: { op: zscore, from: smoothed }',
          'z: { op: zscore, from: smoothed, over: task }',
        ),
    },
  ])('is nothing with $what', ({ edit }) => {
    const edited = edit(tutorial);
    expect(edited).not.toBe(tutorial);
    expect(chainsOf(edited)).toEqual([undefined, undefined]);
  });

  test('is nothing with a source of counts', () => {
    const source = defineSource({
      op: 'counted',
      summary: 'Counts.',
      outputs: { counts: 'counts' },
      params: {},
      open: async () => ({ values: {}, streams: {}, digests: [], paths: [], span: undefined }),
    });
    const text = `version: 1
name: counted
nodes:
  counts: { op: counted }
  smoothed: { op: smooth, from: counts, sd: 0.02 }
  z: { op: zscore, from: smoothed }
  templates: { op: fit-patterns, from: z }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
`;
    const registry = { ...builtins, sources: [...builtins.sources, source] };
    expect(chainsOf(text, registry)).toEqual([undefined, undefined]);
  });

  test('is nothing with an operator that only looks like one of ours', () => {
    const own = defineOperator({ ...binNode });
    const operators = builtins.operators.map((node) => (node === binNode ? own : node));
    expect(chainsOf(tutorial, { ...builtins, operators })).toEqual([undefined, undefined]);
  });
});
