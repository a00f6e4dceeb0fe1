import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PipelineError, ProblemList, renderError } from '../../src/errors.ts';
import { intersectIntervals } from '../../src/model/epochs.ts';
import { createLabelPattern } from '../../src/model/label-pattern.ts';
import { smooth } from '../../src/operators/smooth.ts';
import { openCellExplorer } from '../../src/sources/cellexplorer.ts';
import { readMat } from '../../src/sources/mat/read-mat.ts';
import { openMomentsFile } from '../../src/sources/moments-file.ts';
import { openTables } from '../../src/sources/tables.ts';
import { cli } from '../support/cli.ts';
import { matFile, raw, tag } from '../support/mat-writer.ts';
import { checkText } from '../support/pipeline.ts';
import { runText } from '../support/run.ts';
import { collect, countsRun } from '../support/streams.ts';
import { outcomeOf } from './outcome.ts';
import { parquetOf } from './parquet-mutations.ts';
import { root } from './pipeline-bases.ts';
import { Scratch } from './scratch.ts';
import { loadTarget } from './targets.ts';

const head = `version: 1
name: found
nodes:
  s: { op: cellexplorer, path: ../data-samples/sim_small_11 }
`;
const tail = `
  z: { op: zscore, from: c }
  t: { op: fit-patterns, from: z }
  a: { op: project, inputs: { zscored: z, patterns: t } }
`;

/** The codes of all problems of a text, and the text that people read. */
function refuse(text: string): { codes: string[]; shown: string; problems: PipelineError[] } {
  const { problems } = checkText(text);
  const codes = [...new Set(problems.map(({ code }) => code))];
  return { codes, shown: renderError(new ProblemList(problems)), problems };
}

function lines(n: number, line: (i: number) => string, separator = '\n'): string {
  return Array.from({ length: n }, (_, i) => line(i)).join(separator);
}

describe('pipelines', () => {
  test('many problems on one long line make a short text', () => {
    const text = `${head}  p: { op: parquet, from: [${lines(5000, (i) => `no${i}`, ', ')}] }`;
    const { shown, problems } = refuse(text);
    expect(problems.length).toBeGreaterThan(5000);
    expect(shown.length).toBeLessThan(50_000);
    expect(shown).toMatch(/and \d+ more problems$/);
  });

  test('a long line is shown around the place, the mark below it', () => {
    const text = `${head}  p: { op: bin, from: s, binSize: 1, doc: '${'x'.repeat(500)}', oops: 2 }`;
    const { problems } = refuse(text);
    const oops = problems.find(({ found }) => found?.includes('oops'));
    const [, line = '', mark = ''] = renderError(oops as PipelineError).split('\n');
    expect(line.length).toBeLessThan(230);
    expect(line.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('oops');
  });

  test('a place behind a quote that is never closed lies within its line', () => {
    const { problems } = refuse("version: 1\nname: 'open\nnodes: { a: } b: 'c' }\n  x: ]\n");
    expect(problems.length).toBeGreaterThan(0);
    for (const { position } of problems) {
      expect(position?.column).toBeLessThanOrEqual((position?.text.length ?? 0) + 1);
    }
  });

  test('a map where a type or a text belongs is refused', () => {
    const text = (type: string, doc: string) =>
      `version: 1\nname: x\nparameters: { p: { type: ${type}, default: x, doc: ${doc} } }\nnodes: {}`;
    expect(refuse(text('{ a: 1 }', 'x')).codes).toContain('PARAMETER_TYPE');
    expect(refuse(text('text', '{ a: 1 }')).codes).not.toEqual([]);
  });

  test('true and "true" are one key', () => {
    expect(refuse('version: 1\nname: x\nnodes: { true: 1, "true": 2 }').codes).toContain(
      'DUPLICATE_KEY',
    );
  });

  const mebibyte = 1 << 20;
  test.each([
    ['anchors', '&a '],
    ['tags', '!a '],
    ['opening brackets', '['],
    ['closing brackets', ']'],
    ['quotes', '"'],
    ['documents', '---\n'],
    ['questions', '? '],
    ['list marks', '- '],
    ['repeated keys', 'a: 1\n'],
  ])('a mebibyte of %s is refused at once', (_, piece) => {
    const began = performance.now();
    const { codes } = refuse(piece.repeat(mebibyte / piece.length - 1));
    expect(codes).not.toEqual([]);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test.each([
    ['keys', lines(11_000, (i) => `a${i}: 1`), 'YAML_TOO_LARGE'],
    ['nodes', head + lines(600, (i) => `  n${i}: { op: bin }`), 'TOO_MANY_NODES'],
    [
      'patterns',
      `${head}  t: { op: cellexplorer, path: x, brainRegion: [${lines(5000, () => "'a{1000}'", ', ')}] }`,
      'BAD_OPTION',
    ],
  ])('more %s than any pipeline has are refused', (_, text, code) => {
    expect(refuse(text).codes).toContain(code);
  });

  test('a name among hundreds that nobody will read is not looked for', () => {
    const nodes = lines(450, (i) => `  ${'n'.repeat(58)}${i}: { op: zscore, from: s }`);
    const refs = lines(7000, (i) => `${'m'.repeat(70)}${i}`, ', ');
    const began = performance.now();
    refuse(`${head}${nodes}\n  p: { op: parquet, from: [${refs}] }`);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  const chain = (n: number) => `${head}${lines(
    n,
    (i) => `  f${i}: { op: epoch-filter, from: ${i === 0 ? 's' : `f${i - 1}`}, keep: task }`,
  )}
  c: { op: bin, from: f${n - 1}, binSize: 0.1 }${tail}`;

  test('a chain of dozens of nodes runs, and one of hundreds is refused', async () => {
    const { result } = await runText(chain(45), join(root, 'pipelines'));
    expect(result.passes.length).toBe(2);
    expect(refuse(chain(300)).codes).toEqual(['CHAIN_TOO_LONG']);
  });

  test.each([
    ['smooth, from: c, sd: 60, truncate: 20', 'KERNEL_TOO_WIDE'],
    [
      'event-align, inputs: { activation: a, events: s.ripples }, window: [-1.0e9, 1.0e9]',
      'WINDOW_TOO_WIDE',
    ],
  ])('%s', async (node, code) => {
    const text = `${head}  c: { op: bin, from: s, binSize: 0.05 }${tail}`;
    const isSmooth = node.startsWith('smooth');
    const more = isSmooth ? `  w: { op: ${node} }\n  y: { op: zscore, from: w }\n` : '';
    const end = isSmooth ? '  u: { op: fit-patterns, from: y }\n' : `  w: { op: ${node} }\n`;
    const run = runText(`${text}${more}${end}`, join(root, 'pipelines'));
    await expect(run).rejects.toMatchObject({ code });
  });

  test('a kernel of a wide reach is not refused', () => {
    const run = countsRun([[1], [0]], 1, { binSize: 0.01 });
    expect(collect([run], smooth({ sd: 10, truncate: 4 }))).toHaveLength(1);
  });

  test('iterations without end are refused', () => {
    const text = `${head}  c: { op: bin, from: s, binSize: 0.1 }${tail}`;
    const endless = text.replace('from: z }', 'from: z, tolerance: 0, maxIterations: 1.0e15 }');
    expect(refuse(endless).codes).toEqual(['PARAM_OUT_OF_RANGE']);
  });

  test('spans that all overlap one another are refused, and many that do not are quick', () => {
    const same = Array.from({ length: 2000 }, () => ({ start: 0, end: 1 }));
    expect(() => intersectIntervals(same, same)).toThrow(/more than \d+ overlaps/);
    const apart = Array.from({ length: 200_000 }, (_, i) => ({ start: i, end: i + 0.5 }));
    expect(intersectIntervals(apart, apart)).toEqual(apart);
  });

  test.each(['(a+)+$', '(a|a)*b', '((a*)*)*$', '(.*)*x', '((a{10}){10}){10}b', '(a|aa)+$'])(
    'the pattern %s over ten thousand letters is quick',
    (pattern) => {
      const search = createLabelPattern(pattern);
      const began = performance.now();
      search(`${'a'.repeat(10_000)}!`);
      expect(performance.now() - began).toBeLessThan(20_000);
    },
  );

  test('a label as long as a book is refused where it would be searched', () => {
    expect(() => createLabelPattern('CA1')('x'.repeat(1e6))).toThrow(/1000000 characters/);
  });
});

describe.skipIf(process.platform === 'win32')('what is no file', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rekindle-found-'));
    spawnSync('mkfifo', [join(folder, 'fifo')]);
    for (const [name, target] of Object.entries({
      zero: '/dev/zero',
      pipe: join(folder, 'fifo'),
    })) {
      mkdirSync(join(folder, name));
      symlinkSync(target, join(folder, name, `${name}.session.mat`));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(['zero', 'pipe'])('a session file that is a %s', async (name) => {
    const opened = openCellExplorer({ path: join(folder, name) });
    await expect(opened).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  test.each(['/dev/zero', '/dev/random', 'fifo'])('moments in %s', async (name) => {
    const path = name.startsWith('/') ? name : join(folder, name);
    await expect(openMomentsFile({ path })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  test('a chunk for every millisecond of years is refused', async () => {
    mkdirSync(join(folder, 'long'));
    writeFileSync(join(folder, 'long', 'spikes.csv'), 'unit_id,time\n1,0\n1,90000000\n');
    const opened = openTables({ path: join(folder, 'long'), chunkSeconds: 0.001 });
    await expect(opened).rejects.toMatchObject({ code: 'TOO_MANY_CHUNKS' });
  });

  test('a pipeline in /dev/zero is too large, and soon known to be', async () => {
    const { status, stderr } = await check('/dev/zero');
    expect(status).toBe(2);
    expect(stderr).toContain('YAML_TOO_LARGE');
  });
});

function check(file: string): Promise<{ status: number | null; stderr: string }> {
  const child = spawn(process.execPath, ['--max-old-space-size=128', cli, 'check', file], {
    timeout: 60_000,
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, stderr }));
  });
}

test('MAT: a product of dimensions that is not a number does not lift the limits', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rekindle-found-'));
  try {
    // 0 times more than a double holds; then more empty cells than may be read.
    const dims = [...Array.from({ length: 34 }, () => 0x7fffffff), 0];
    const nothing = raw(1, dims, () => []);
    const isBigEndian = false;
    const nMany = 5_000_000;
    const empty = tag(14, 0, isBigEndian);
    const many = raw(1, [nMany, 1], () => [Buffer.alloc(nMany * empty.length, empty)]);
    const both = raw(1, [2, 1], (order) => [nothing('', order), many('', order)]);
    const path = join(folder, 'x.mat');
    writeFileSync(path, matFile({ x: both }));
    await expect(readMat(path, { variable: 'x' })).rejects.toMatchObject({ code: 'MAT_TOO_LARGE' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('Parquet', () => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await Scratch.create();
  });
  afterAll(() => scratch.remove());

  test.each<['tables' | 'moments', number, string]>([
    ['tables', 429, 'two columns of one name leave no rejection behind'],
    ['tables', 710, 'a size that is no number is shown as what it is'],
    ['moments', 625, 'an unknown encoding leaves no rejection behind'],
    ['moments', 701, 'counts without end'],
    ['moments', 1130, 'a header of an unknown type leaves no rejection behind'],
  ])('%s, seed %i: %s', async (name, seed) => {
    const stray: unknown[] = [];
    const keep = (error: unknown) => stray.push(error);
    process.on('unhandledRejection', keep);
    try {
      const { run } = await (await loadTarget(name)).make(seed, scratch);
      expect((await outcomeOf(run)).kind).not.toBe('failed');
      await new Promise((resolve) => setImmediate(resolve));
      expect(stray).toEqual([]);
    } finally {
      process.off('unhandledRejection', keep);
    }
  });

  test.each([
    ['sd', [1, 0.5, -1, 10, 0.01, 0]],
    ['n_bins', [1, 0.5, 1, -10, 0.01, 0]],
    ['bin_size', [1, 0.5, 1, 10, 0, 0]],
  ])('moments with a %s that makes no sense are refused', async (column, values) => {
    const names = ['unit_id', 'mean', 'sd', 'n_bins', 'bin_size', 'smoothing_sd'];
    const columns = names.map((name) => [name, 'float64'] as const);
    const bytes = await parquetOf({
      columns: [['node', 'utf8'], ...columns],
      rows: [['z', ...values]],
    });
    const folder = await scratch.folder('moments', new Map([['moments.parquet', bytes]]));
    const opened = openMomentsFile({ path: folder });
    await expect(opened).rejects.toMatchObject({ code: 'BAD_MOMENTS' });
    await expect(opened).rejects.toThrow(`column ${column}`);
  });
});
