import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkCommand } from '../../src/commands/check.ts';
import { type PlotOptions, plotCommand } from '../../src/commands/plot.ts';
import { finishRun, pipelineText, printedBy, scratchFolder } from '../support/finished-run.ts';
import { all, data, parseSvg, readPng } from '../support/read-svg.ts';

const scratch = scratchFolder();
const run = join(scratch, 'run');
const cross = join(scratch, 'cross');
beforeAll(async () => {
  await finishRun(run, 'reactivation.yaml');
  await finishRun(cross, 'neuro-py-cross-structural.yaml');
});
const plot = (folder: string, options: PlotOptions) =>
  printedBy(() => plotCommand(folder, options));

describe('plot', () => {
  test('one figure to the folder of the run, and says where', async () => {
    const printed = await plot(run, { figure: 'psth', events: 'post', assembly: 2, format: 'svg' });
    expect(printed.trim().endsWith(join('figures', 'psth.post.assembly2.svg'))).toBe(true);
    const svg = readFileSync(join(run, 'figures', 'psth.post.assembly2.svg'), 'utf8');
    expect(all(parseSvg(svg), '[data-panel=psth]').length).toBe(1);
  });

  test('several of a kind to several files, or one of them', async () => {
    const printed = await plot(cross, { figure: 'weights' });
    expect(printed.trim().split('\n').length).toBe(2);
    const names = readdirSync(join(cross, 'figures')).sort();
    expect(names).toEqual(['cross.weights.svg', 'standard.weights.svg']);
    const out = join(scratch, 'deep', 'er', 'w.svg');
    await plot(cross, { figure: 'weights', node: 'cross', out });
    expect(all(parseSvg(readFileSync(out, 'utf8')), '[data-panel=weights]').length).toBe(2);
  });

  test('a PNG at 300 dpi, by its option or its name', async () => {
    const out = join(scratch, 'w.png');
    await plot(run, { figure: 'weights', out });
    const png = readPng(readFileSync(out));
    expect(png.density).toBe(11811);
    await plot(run, { figure: 'weights', dpi: 150 });
    const half = readPng(readFileSync(join(run, 'figures', 'weights.png')));
    expect(Math.abs(png.width - 2 * half.width)).toBeLessThan(2);
  });

  test.each<[string, string, Partial<PlotOptions>]>([
    ['UNKNOWN_FIGURE', 'did you mean "psth"', { figure: 'psht' }],
    ['UNKNOWN_EVENTS', 'did you mean "post"', { events: 'pots' }],
    ['UNKNOWN_ASSEMBLY', '1 to 2', { assembly: 3 }],
    ['OPTION_UNUSED', '--node', { figure: 'spectrum', events: 'post' }],
    ['OPTION_UNUSED', 'none of these', { figure: 'graph', node: 'x' }],
    ['UNKNOWN_NODE', 'leave it out', { figure: 'weights', node: 'other' }],
    ['UNKNOWN_FORMAT', 'svg or png', { format: 'pdf' }],
    ['UNKNOWN_FORMAT', 'svg or png', { out: 'figure.tiff' }],
  ])('%s', async (code, words, options) => {
    const failed = plotCommand(run, { figure: 'psth', ...options });
    await expect(failed).rejects.toMatchObject({ code, exitCode: 2 });
    const { expected = '', hint = '' } = await failed.catch((error) => error);
    expect(`${expected} ${hint}`).toContain(words);
  });

  test('several figures do not fit into one file', async () => {
    const out = join(scratch, 'one.svg');
    await expect(plotCommand(cross, { figure: 'weights', out })).rejects.toMatchObject({
      code: 'SEVERAL_FIGURES',
      found: expect.stringContaining('standard.weights, cross.weights'),
    });
    await expect(
      plotCommand(cross, { figure: 'weights', node: 'crss', out }),
    ).rejects.toMatchObject({
      hint: expect.stringContaining('"cross"'),
    });
    expect(existsSync(out)).toBe(false);
  });

  test('a run that has nothing for a figure, or is none', async () => {
    await expect(plotCommand(run, { figure: 'correlation' })).rejects.toMatchObject({
      code: 'NOTHING_TO_DRAW',
      expected: 'a run with a correlate node',
      exitCode: 3,
    });
    const unfinished = join(scratch, 'unfinished');
    mkdirSync(unfinished);
    copyFileSync(join(run, 'psth.parquet'), join(unfinished, 'psth.parquet.partial'));
    await expect(plotCommand(unfinished, { figure: 'psth' })).rejects.toMatchObject({
      code: 'RUN_INCOMPLETE',
    });
  });

  test('a file that cannot be written', async () => {
    const out = join(run, 'psth.parquet', 'figure.svg');
    await expect(plotCommand(run, { figure: 'weights', out })).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      exitCode: 5,
    });
  });
});

describe('check --graph', () => {
  const file = join(scratch, 'pipeline.yaml');
  beforeAll(() =>
    writeFileSync(file, `${pipelineText('reactivation.yaml')}  end: { op: figures }\n`),
  );

  test('prints Mermaid: every node with its passes, every wire with its type', async () => {
    const text = await printedBy(() => checkCommand(file, { graph: true }));
    const lines = text
      .trim()
      .split('\n')
      .map((line) => line.trim());
    expect(lines[0]).toBe('flowchart TD');
    expect(lines).toContain('counts["counts<br/>bin<br/>pass 1, 2"]:::operator');
    expect(lines).toContain('activity["activity<br/>project<br/>pass 2"]:::operator');
    expect(lines).toContain('recording[("recording<br/>cellexplorer")]:::source');
    expect(lines).toContain('recording -- "ripples: events" --> post');
    expect(lines).toContain('activity -- "activation" --> files');
    // "end" is a word of Mermaid's own.
    expect(lines).toContain('files -- "files" --> end_');
    expect(lines.filter((line) => line.includes(':::')).length).toBe(14);
  });

  test('draws every node and wire as SVG, with types and passes', async () => {
    const out = join(scratch, 'graph.svg');
    const printed = await printedBy(() => checkCommand(file, { graph: out }));
    expect(printed).toContain('no problems');
    const root = parseSvg(readFileSync(out, 'utf8'));
    const passesOf = (id: string) =>
      all(root, `[data-node=${id}] [data-pass]`).map((mark) => data(mark, 'pass'));
    expect(all(root, '[data-node]').length).toBe(14);
    expect(passesOf('taskTheta')).toEqual(['1']);
    expect(passesOf('z')).toEqual(['1', '2']);
    expect(passesOf('post')).toEqual(['2']);
    const wires = all(root, '[data-wire]').map((wire) => [
      data(wire, 'wire'),
      data(wire, 'to'),
      data(wire, 'type'),
    ]);
    expect(wires).toContainEqual(['templates.patterns', 'activity', 'patterns']);
    expect(wires).toContainEqual(['recording.ripples', 'post', 'events']);
    const texts = all(root, 'text').map((text) => text.textContent);
    for (const label of [
      'spikes',
      'ripples: events',
      'counts',
      'zscored',
      'moments',
      'patterns',
      'activation',
      'psth',
    ]) {
      expect(texts).toContain(label);
    }
  });

  test('writes to no other kind of file', async () => {
    const before = readFileSync(file, 'utf8');
    await expect(checkCommand(file, { graph: file })).rejects.toMatchObject({
      code: 'UNKNOWN_FORMAT',
      exitCode: 2,
    });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});
