import { describe, expect, test } from 'vitest';
import { ProblemList, renderError } from '../../src/errors.ts';
import { planPasses } from '../../src/pipeline/plan.ts';
import { checkText, soundPipeline } from '../support/pipeline.ts';

test('a sound pipeline has no problems and two passes', () => {
  const { graph, problems } = checkText(soundPipeline);
  expect(problems).toEqual([]);
  if (!graph) throw new Error('no graph');
  const passes = planPasses(graph);
  expect(passes.map(({ operators }) => operators.map(({ id }) => id))).toEqual([
    ['task', 'taskCounts', 'taskZ', 'templates', 'counts', 'z'],
    ['counts', 'z', 'activity', 'post'],
  ]);
  expect(passes[0]?.values.map(({ node, port }) => `${node}.${port}`)).toEqual([
    'taskZ.moments',
    'templates.patterns',
    'z.moments',
  ]);
  expect(passes[1]?.streams.map(({ node }) => node)).toEqual(['activity']);
});

test('the order of nodes in the file is free', () => {
  const [head = '', body = ''] = soundPipeline.split('nodes:\n');
  const reversed = `${head}nodes:\n${body.trimEnd().split('\n').reverse().join('\n')}\n`;
  const { graph, problems } = checkText(reversed);
  expect(problems).toEqual([]);
  expect(graph && planPasses(graph)).toHaveLength(2);
});

describe('every problem has its line and column', () => {
  const spoil = (from: string | RegExp, to: string) => soundPipeline.replace(from, to);
  const cases: [string, string, string[]][] = [
    ['an unknown op', spoil('op: project', 'op: projct'), ['14:19 UNKNOWN_OP']],
    [
      'an unknown option',
      spoil('binSize: 0.025', 'binsize: 0.025'),
      ['9:3 MISSING_OPTION', '9:38 UNKNOWN_OPTION'],
    ],
    ['a value out of range', spoil('0.025', '250'), ['9:47 PARAM_OUT_OF_RANGE']],
    ['a text for a number', spoil('0.025', '25 ms'), ['9:47 BAD_OPTION']],
    [
      'an unknown node',
      spoil('from: task,', 'from: tsk,'),
      ['8:3 UNUSED_OUTPUT', '9:32 UNKNOWN_NODE'],
    ],
    ['an unknown output', spoil('recording.ripples', 'recording.riples'), ['15:68 UNKNOWN_OUTPUT']],
    [
      'a wrong type',
      spoil('zscored: z,', 'zscored: counts,'),
      ['13:3 UNUSED_OUTPUT', '14:47 WRONG_TYPE'],
    ],
    [
      'an unknown input',
      spoil('zscored: z', 'zscore: z'),
      ['13:3 UNUSED_OUTPUT', '14:3 MISSING_INPUT', '14:38 UNKNOWN_INPUT'],
    ],
    ['a missing input', spoil(', patterns: templates', ''), ['14:3 MISSING_INPUT']],
    [
      'an output nobody reads',
      `${soundPipeline}  extra: { op: bin, from: task, binSize: 0.1 }\n`,
      ['16:3 UNUSED_OUTPUT'],
    ],
    ['a bad epoch expression', spoil('task & THETA', 'task &'), ['8:59 BAD_OPTION']],
    [
      'an unknown parameter',
      spoil("'${binSize}'", "'${binSise}'"),
      ['5:3 UNUSED_PARAMETER', '12:55 UNKNOWN_PARAMETER'],
    ],
    [
      'a part of a scalar',
      spoil("'${binSize}'", "'0${binSize}'"),
      ['5:3 UNUSED_PARAMETER', '12:55 BAD_SUBSTITUTION'],
    ],
    [
      'two sinks of one kind',
      `${soundPipeline}  a: { op: parquet }\n  b: { op: parquet, from: activity }\n`,
      ['17:3 SINK_TWICE'],
    ],
    [
      'options that do not go together',
      spoil('in: post & NREMstate', 'convention: neuro-py, window: [-0.2, 0.8]'),
      ['15:3 ASYMMETRIC_WINDOW'],
    ],
    [
      'a smoother without a width',
      spoil('op: zscore, from: counts', 'op: smooth, from: counts')
        .replace('zscored: z,', 'zscored: taskZ,')
        .concat('  w: { op: zscore, from: z }\n'),
      ['13:3 SMOOTHING_WIDTH', '16:3 UNUSED_OUTPUT'],
    ],
    ['a node id', spoil(/taskZ/g, 'task-z'), ['10:3 NODE_ID']],
    ['a repeated key', spoil('  task: {', '  task: {}\n  task: {'), ['9:3 DUPLICATE_KEY']],
    ['no version', spoil('version: 1\n', ''), ['1:1 PIPELINE_VERSION']],
    ['another version', spoil('version: 1', 'version: 2'), ['1:10 PIPELINE_VERSION']],
    ['an unknown key', spoil('name: sound', 'name: sound\nnods: {}'), ['3:1 UNKNOWN_KEY']],
    ['an alias', spoil('from: task,', 'from: *task,'), ['9:32 YAML_ALIAS']],
    ['an anchor', spoil('from: task,', 'from: &a task,'), ['9:32 YAML_ANCHOR']],
    ['a tag', spoil('0.025', '!!float 0.025'), ['9:47 YAML_TAG']],
    ['two documents', `${soundPipeline}---\na: 1\n`, ['16:1 YAML_DOCUMENTS']],
    ['a wrong choice', spoil('from: taskZ', 'from: taskZ, method: isa'), ['11:55 BAD_OPTION']],
  ];
  test.each(cases)('%s', (_, text, places) => {
    expect(checkText(text).places).toEqual(places);
  });

  test('a cycle', () => {
    const text = soundPipeline
      .replace('from: counts }', 'from: z2 }')
      .concat(
        '  z2: { op: smooth, from: z3, sd: 0.01 }\n  z3: { op: smooth, from: z2, sd: 0.01 }\n',
      );
    expect(checkText(text).places).toContain('16:3 CYCLE');
  });

  test('all problems come out in one run', () => {
    const text = spoil('op: project', 'op: projct')
      .replace('0.025', '25')
      .replace('NREMstate', 'NREMstate &');
    expect(checkText(text).places).toEqual([
      '9:47 PARAM_OUT_OF_RANGE',
      '14:19 UNKNOWN_OP',
      '15:93 BAD_OPTION',
    ]);
  });
});

describe('parameters', () => {
  test('--set replaces a default and is read by the declared type', () => {
    const { graph, problems } = checkText(soundPipeline, { binSize: '2e-3' });
    expect(problems).toEqual([]);
    expect(graph?.operators.find(({ id }) => id === 'counts')?.options.binSize).toBe(0.002);
  });

  test.each(['fast', '-1', '', 'NaN', '0x10', '1 0'])('--set binSize=%s is refused', (text) => {
    expect(checkText(soundPipeline, { binSize: text }).places).toEqual(['5:3 BAD_PARAMETER']);
  });

  test('an unknown name is answered with the nearest', () => {
    const [problem] = checkText(soundPipeline, { binsize: '1' }).problems;
    expect(problem?.code).toBe('UNKNOWN_PARAMETER');
    expect(problem?.hint).toContain('did you mean "binSize"');
  });

  test('a value that the option refuses is traced to --set', () => {
    const [problem] = checkText(soundPipeline, { binSize: '500' }).problems;
    expect(problem?.code).toBe('PARAM_OUT_OF_RANGE');
    expect(problem?.found).toBe('500 (from --set binSize)');
  });
});

describe('what must never bring the reader down', () => {
  const hostile: [string, string][] = [
    ['nothing', ''],
    ['a comment', '# nothing here'],
    ['a scalar', '42'],
    ['a list', '- 1\n- 2'],
    ['deep flow', '['.repeat(50_000)],
    ['deep flow, closed', '['.repeat(5000) + ']'.repeat(5000)],
    ['deep dashes', `${'- '.repeat(5000)}1`],
    ['deep maps', Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['a bomb', 'a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]'],
    [
      'prototype',
      'version: 1\nname: x\nnodes: { __proto__: { op: constructor, toString: 1 }, constructor: { op: __proto__ } }',
    ],
    ['complex keys', '? [a, b]\n: 1\n? {c: d}\n: 2'],
    ['control characters', 'version: \u0000\u0007'],
    ['too large', `# ${'x'.repeat(1024 * 1024)}`],
    ['nodes null', 'version: 1\nname: x\nnodes:\n'],
    ['node null', 'version: 1\nname: x\nnodes:\n  a:\n  b: [1]\n  c: 3'],
    [
      'odd references',
      'version: 1\nname: x\nnodes:\n  a: { op: bin, from: [[x]], inputs: [1], binSize: { a: 1 } }',
    ],
    [
      'parameters of every kind',
      'version: 1\nname: x\nparameters: { a: 1, b: { type: 3 }, c: { type: seconds, default: x }, "1": {} }\nnodes: { a: { op: bin } }',
    ],
  ];
  test.each(hostile)('%s', (_, text) => {
    const { problems } = checkText(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(renderError(new ProblemList(problems)).length).toBeGreaterThan(10);
  });
});

test('an error shows the line, a mark under the place and a hint', () => {
  const { problems } = checkText(soundPipeline.replace('0.025', '25'));
  expect(renderError(new ProblemList(problems))).toBe(
    [
      'test.yaml:9:47  PARAM_OUT_OF_RANGE  node "taskCounts" (bin)',
      '  9 |   taskCounts: { op: bin, from: task, binSize: 25 }',
      '    |                                               ^^',
      'found 25, expected a bin width in seconds from 0.0005 to 1',
      'hint: times are in seconds; for 25 ms write 0.025',
    ].join('\n'),
  );
});
