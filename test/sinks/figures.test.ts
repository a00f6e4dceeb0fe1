import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/commands/run.ts';
import { folderFiles } from '../../src/results/result-files.ts';
import { openResults } from '../../src/results/run-results.ts';
import { openRunFolder } from '../../src/sinks/run-folder.ts';
import { finishRun, pipelineText, printedBy, scratchFolder } from '../support/finished-run.ts';
import { checkText, soundPipeline } from '../support/pipeline.ts';
import { readPng } from '../support/read-svg.ts';

const scratch = scratchFolder();
const text = (value: string) => new TextEncoder().encode(value);
const withFigures = (options: string) =>
  `${pipelineText('reactivation.yaml')}  draw: { op: figures${options} }\n`;

describe('the figures sink', () => {
  const out = join(scratch, 'run');
  beforeAll(() => finishRun(out, withFigures(', formats: svg-and-png, dpi: 192, width: 600')));

  test('draws every figure that the run has something for, beside its tables', () => {
    const names = ['activation', 'convergence', 'graph', 'members', 'peaks', 'psth', 'psth-map'];
    names.push('session', 'spectrum', 'weights', 'weights-map');
    const expected = names.flatMap((name) => [`${name}.png`, `${name}.svg`]);
    expect(readdirSync(join(out, 'figures')).sort()).toEqual(expected.sort());
    // A pipeline that names no other sink still gets its tables.
    expect(existsSync(join(out, 'psth.parquet'))).toBe(true);
  });

  test('run.json lists them with their sizes', async () => {
    const { run } = await openResults(folderFiles(out));
    const figures = run.files.filter(({ name }) => name.startsWith('figures/'));
    expect(figures.length).toBe(22);
    for (const { name, bytes } of figures) expect(statSync(join(out, name)).size).toBe(bytes);
  });

  test('widths and densities are those asked for', () => {
    const svg = readFileSync(join(out, 'figures', 'session.svg'), 'utf8');
    expect(svg).toMatch(/^<svg [^>]*width="600"/);
    const png = readPng(readFileSync(join(out, 'figures', 'session.png')));
    expect(png.width).toBe(1200);
    expect(png.density).toBe(Math.round(192 / 0.0254));
  });

  test('the same run makes the same bytes', async () => {
    const again = join(scratch, 'again');
    await finishRun(again, withFigures(', formats: svg-and-png, dpi: 192, width: 600'));
    for (const name of readdirSync(join(out, 'figures'))) {
      const [first, second] = [out, again].map((run) => readFileSync(join(run, 'figures', name)));
      expect(first?.equals(second ?? Buffer.alloc(0)), name).toBe(true);
    }
  });

  test('only what is named; a run that is replaced loses its old figures', async () => {
    const place = join(scratch, 'replaced');
    await finishRun(place, withFigures(''));
    writeFileSync(join(place, 'figures', 'mine.txt'), 'mine');
    await finishRun(place, withFigures(', figures: [weights, spectrum]'));
    expect(readdirSync(join(place, 'figures')).sort()).toEqual([
      'mine.txt',
      'spectrum.svg',
      'weights.svg',
    ]);
    await finishRun(place, pipelineText('reactivation.yaml'));
    expect(readdirSync(join(place, 'figures'))).toEqual(['mine.txt']);
  });

  test('the folder goes with the last figure', async () => {
    const place = join(scratch, 'emptied');
    await finishRun(place, withFigures(', figures: weights'));
    await finishRun(place, pipelineText('reactivation.yaml'));
    expect(existsSync(join(place, 'figures'))).toBe(false);
  });

  test('a run that fails behind its first figures leaves none', async () => {
    const place = join(scratch, 'failed');
    mkdirSync(join(place, 'figures', 'weights.svg'), { recursive: true });
    const file = join(scratch, 'failed.yaml');
    writeFileSync(file, withFigures(''));
    await expect(
      printedBy(() => runCommand(file, { out: place, workers: 0 })),
    ).rejects.toMatchObject({
      exitCode: 5,
      where: expect.stringContaining('node "draw" (figures)'),
    });
    expect(readdirSync(place)).toEqual(['figures']);
    expect(readdirSync(join(place, 'figures'))).toEqual(['weights.svg']);
  });
});

describe('its options', () => {
  const problemsOf = (options: string) =>
    checkText(`${soundPipeline}  draw: { op: figures${options} }\n`);

  test('names that are known', () => {
    expect(problemsOf('').places).toEqual([]);
    expect(problemsOf(', figures: psth').places).toEqual([]);
    expect(problemsOf(', figures: [psth, weights-map]').places).toEqual([]);
  });

  test('others, with the nearest', () => {
    const { problems, places } = problemsOf(', figures: [psth, wieghts]');
    expect(places).toEqual(['16:33 BAD_OPTION']);
    expect(problems[0]?.hint).toMatch(/"wieghts": did you mean "weights"\?/);
  });

  test('it reads results, not wires', () => {
    expect(problemsOf(', from: activity').places).toEqual(['16:30 NO_INPUTS']);
  });
});

describe('files in a folder below that of a run', () => {
  let nFolders = 0;
  const fresh = () => join(scratch, `folder${nFolders++}`);

  test('grow under partial names, and can be read as soon as they are closed', async () => {
    const out = fresh();
    const folder = await openRunFolder(out, { overwrite: false });
    const [first, second] = [
      await folder.create('figures/a.svg'),
      await folder.create('b.parquet'),
    ];
    await first.write(text('abc'));
    expect(await folder.results.names()).toEqual([]);
    await first.close();
    expect(readdirSync(join(out, 'figures'))).toEqual(['a.svg.partial']);
    expect(await folder.results.names()).toEqual(['figures/a.svg']);
    const file = await folder.results.open('figures/a.svg');
    expect(new TextDecoder().decode(await file.slice(1))).toBe('bc');
    await file.close();
    await expect(folder.results.open('c.parquet')).rejects.toMatchObject({
      code: 'RESULT_UNREADABLE',
    });
    await second.close();
    await folder.complete('{}');
    expect(readdirSync(join(out, 'figures'))).toEqual(['a.svg']);
  });

  test.each(['abandon', 'abandonNow'] as const)('%s: nothing is left', async (how) => {
    const out = fresh();
    const folder = await openRunFolder(out, { overwrite: false });
    const file = await folder.create('figures/a.svg');
    await file.write(text('abc'));
    await folder[how]();
    expect(readdirSync(out)).toEqual([]);
    await folder.abandon();
  });

  test('a link in the place of the folder is not followed', async () => {
    const [out, elsewhere] = [fresh(), fresh()];
    mkdirSync(out);
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'a.svg'), 'mine');
    symlinkSync(elsewhere, join(out, 'figures'));
    const folder = await openRunFolder(out, { overwrite: true });
    await expect(folder.create('figures/b.svg')).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
    });
    await folder.abandon();
    writeFileSync(join(out, 'run.json'), JSON.stringify({ files: [{ name: 'figures/a.svg' }] }));
    const next = await openRunFolder(out, { overwrite: true });
    await next.complete('{}');
    expect(readFileSync(join(elsewhere, 'a.svg'), 'utf8')).toBe('mine');
  });

  test('what a killed run left there is known, and cleared', async () => {
    const out = fresh();
    mkdirSync(join(out, 'figures'), { recursive: true });
    writeFileSync(join(out, 'figures', 'a.svg.partial'), 'half');
    const lock = [
      { run: 'theirs', pid: 2 ** 22 + 1, host: (await import('node:os')).hostname(), since: 0 },
      { begun: ['figures/a.svg'] },
    ];
    writeFileSync(
      join(out, '.rekindle.lock'),
      lock.map((line) => `\n${JSON.stringify(line)}\n`).join(''),
    );
    await expect(openRunFolder(out, { overwrite: false })).rejects.toMatchObject({
      code: 'RUN_INTERRUPTED',
      found: expect.stringContaining('figures/a.svg.partial'),
    });
    const folder = await openRunFolder(out, { overwrite: true });
    expect(existsSync(join(out, 'figures'))).toBe(false);
    await folder.abandon();
  });
});
