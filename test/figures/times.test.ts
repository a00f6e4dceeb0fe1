import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawFigures } from '../../src/figures/draw-figures.ts';
import type { FigureName, FigureRequest } from '../../src/figures/request.ts';
import type { RunResults } from '../../src/results/run-results.ts';
import { finishRun, rowsOf, scratchFolder } from '../support/finished-run.ts';
import {
  all,
  cellsOf,
  data,
  levelOf,
  numberOf,
  parseSvg,
  pointsOf,
  rounding,
  valuesAt,
} from '../support/read-svg.ts';

const scratch = scratchFolder();
const out = join(scratch, 'run');
const crossOut = join(scratch, 'cross');
let results: RunResults;
let cross: RunResults;

beforeAll(async () => {
  results = await finishRun(out, 'reactivation.yaml');
  cross = await finishRun(crossOut, 'neuro-py-cross-structural.yaml');
});

async function draw(name: FigureName, request: FigureRequest = {}, from = results) {
  const drawn = await drawFigures(from, name, request);
  expect(drawn.length).toBeGreaterThan(0);
  return parseSvg(drawn[0]?.svg ?? '');
}

describe('averages', () => {
  test('lines and bands are those of the file', async () => {
    const rows = await rowsOf(out, 'psth.parquet');
    const panels = all(await draw('psth'), '[data-panel=psth]');
    expect(panels.map((panel) => data(panel, 'set'))).toEqual([
      'pre',
      'task',
      'post',
      'post − pre',
    ]);
    for (const panel of panels.slice(0, 3)) {
      const scales = valuesAt(panel);
      for (const k of [1, 2]) {
        const own = rows.filter(
          ({ events, assembly }) => events === data(panel, 'set') && assembly === k,
        );
        const points = pointsOf(panel.querySelector(`[data-assembly="${k}"] path`));
        expect(points.length).toBe(101);
        points.forEach(([x, y], lag) => {
          expect(Math.abs(scales.x(x) - Number(own[lag]?.lag))).toBeLessThan(1e-4);
          expect(Math.abs(scales.y(y) - Number(own[lag]?.mean))).toBeLessThan(rounding(panel, 'y'));
        });
        const band = pointsOf(panel.querySelector(`[data-band="${k}"] path`));
        const upper = Math.max(...band.map(([, y]) => scales.y(y)));
        const most = Math.max(...own.map(({ mean, sem }) => Number(mean) + Number(sem)));
        expect(Math.abs(upper - most)).toBeLessThan(rounding(panel, 'y'));
      }
    }
  });

  test('the mean over assemblies, and the difference after less before', async () => {
    const rows = await rowsOf(out, 'psth.parquet');
    const at = (events: string, assembly: number, lag: number) =>
      Number(rows.filter((row) => row.events === events && row.assembly === assembly)[lag]?.mean);
    const panels = all(await draw('psth'), '[data-panel=psth]');
    const [, , post, difference] = panels;
    if (!post || !difference) throw new Error('no panels');
    pointsOf(post.querySelector('[data-assembly="0"] path')).forEach(([, y], lag) => {
      const mean = (at('post', 1, lag) + at('post', 2, lag)) / 2;
      expect(Math.abs(valuesAt(post).y(y) - mean)).toBeLessThan(rounding(post, 'y'));
    });
    const points = pointsOf(difference.querySelector('[data-assembly="2"] path'));
    expect(points.length).toBe(101);
    points.forEach(([, y], lag) => {
      const expected = at('post', 2, lag) - at('pre', 2, lag);
      expect(Math.abs(valuesAt(difference).y(y) - expected)).toBeLessThan(
        rounding(difference, 'y'),
      );
    });
  });

  test('numbers that panels share stand once', async () => {
    const textsOf = (panel: Element | undefined) =>
      panel ? all(panel, 'text').map((text) => text.textContent) : [];
    const [first, second] = all(await draw('psth'), '[data-panel=psth]');
    expect(textsOf(first)).toContain('10');
    expect(textsOf(second)).toEqual(['−0.3', '0', '0.3', 'task', 'n = 16']);
    const [rate] = all(await draw('session'), '[data-panel=rate]');
    expect(textsOf(rate)).toEqual(['0', '100']);
  });

  test('one set and one assembly alone', async () => {
    const root = await draw('psth', { events: 'post', assembly: 2 });
    expect(all(root, '[data-panel=psth]').map((panel) => data(panel, 'set'))).toEqual(['post']);
    expect(
      all(root, '[data-panel=psth] [data-assembly]').map((line) => data(line, 'assembly')),
    ).toEqual(['2']);
  });

  test('heat maps have the limits of the tutorial', async () => {
    const rows = await rowsOf(out, 'psth.parquet');
    const root = await draw('psth-map');
    const images = all(root, 'image').filter((image) => numberOf(image, 'columns') === 101);
    expect(images.map((image) => data(image, 'domain'))).toEqual(['0 5', '0 5', '0 5', '-5 5']);
    const post = rows.filter(({ events }) => events === 'post');
    const pre = rows.filter(({ events }) => events === 'pre');
    expect(cellsOf(images[2]).cells).toEqual(post.map(({ mean }) => levelOf(Number(mean), [0, 5])));
    const differences = post.map(({ mean }, row) => Number(mean) - Number(pre[row]?.mean));
    expect(cellsOf(images[3]).cells).toEqual(differences.map((value) => levelOf(value, [-5, 5])));
  });

  test('peaks are the highest means, the bar their mean', async () => {
    const rows = await rowsOf(crossOut, 'psth.parquet');
    const root = await draw('peaks', {}, cross);
    for (const { node, meanOfPeaks } of cross.run.aligned) {
      const points = all(root, `[data-set="${node}"][data-peak]`);
      expect(points.length).toBe(node === 'standardPost' ? 4 : 2);
      for (const point of points) {
        const own = rows.filter(
          ({ events, assembly }) => events === node && assembly === numberOf(point, 'assembly'),
        );
        const most = Math.max(...own.map(({ mean }) => Number(mean)));
        expect(numberOf(point, 'peak')).toBe(most);
        expect(numberOf(point, 'lag')).toBe(own.find(({ mean }) => mean === most)?.lag);
      }
      const bar = root.querySelector(`[data-set="${node}"][data-mean]`);
      expect(numberOf(bar, 'mean')).toBeCloseTo(meanOfPeaks, 12);
    }
  });
});

describe('the session', () => {
  test('bands are the epochs and states, bars the events', async () => {
    const epochs = (await rowsOf(out, 'epochs.parquet')).filter(({ kind }) => kind === 'epoch');
    const events = (await rowsOf(out, 'events.parquet')).filter(({ kind }) => kind === 'recorded');
    const root = await draw('session');
    const bands = all(root, '[data-epoch]');
    expect(
      bands.map((band) => [data(band, 'epoch'), numberOf(band, 'start'), numberOf(band, 'end')]),
    ).toEqual(epochs.map(({ name, start, stop }) => [name, start, stop]));
    const rate = root.querySelector('[data-panel=rate]');
    const counts = data(rate, 'counts').split(' ').map(Number);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(events.length);
    const window = numberOf(rate, 'window');
    const inThird = events.filter(({ start }) => Math.floor(Number(start) / window) === 2);
    expect(counts[2]).toBe(inThird.length);
    const states = await rowsOf(out, 'epochs.parquet');
    const theta = states.filter(({ kind, name }) => kind === 'state' && name === 'THETA');
    const d = root.querySelector('[data-state=THETA]')?.getAttribute('d') ?? '';
    expect(d.split('M').length - 1).toBe(theta.length);
  });

  test('units are counted by region and type', async () => {
    const units = await rowsOf(out, 'units.parquet');
    const root = await draw('session');
    const kept = all(root, '[data-kept]').reduce((sum, bar) => sum + numberOf(bar, 'kept'), 0);
    const others = all(root, '[data-left-out]').reduce(
      (sum, bar) => sum + numberOf(bar, 'left-out'),
      0,
    );
    expect(kept).toBe(units.filter((unit) => unit.kept).length);
    expect(kept + others).toBe(units.length);
    expect(root.textContent).toContain(`${kept} of ${units.length} units kept`);
    expect(root.textContent).toContain('left out: tagged bad');
  });
});

describe('activation', () => {
  test('each part reaches from its lowest to its highest value', async () => {
    const rows = await rowsOf(out, 'activations.parquet');
    const width = 480;
    const panels = all(await draw('activation', { width }), '[data-panel=activation]');
    expect(panels.length).toBe(2);
    panels.forEach((panel, k) => {
      const scales = valuesAt(panel);
      const [start = 0, end = 1] = data(panel, 'x-domain').split(' ').map(Number);
      const d = panel.querySelector('[data-strip]')?.getAttribute('d') ?? '';
      const lines = [...d.matchAll(/M([\d.]+),([\d.]+)V([\d.-]+)/g)].map((found) =>
        found.slice(1).map(Number),
      );
      expect(lines.length).toBe(width);
      const extremes = Array.from(
        { length: width },
        () => [Infinity, -Infinity] as [number, number],
      );
      for (const row of rows) {
        const part = Math.min(
          width - 1,
          Math.floor((width * (Number(row.time) - start)) / (end - start)),
        );
        const value = Number(row[`assembly_${k + 1}`]);
        const extreme = extremes[part];
        if (!extreme) continue;
        extreme[0] = Math.min(extreme[0], value);
        extreme[1] = Math.max(extreme[1], value);
      }
      const pixel = 20 * rounding(panel, 'y');
      lines.forEach(([, low = 0, high = 0], part) => {
        const [least, most] = extremes[part] ?? [0, 0];
        expect(Math.abs(scales.y(low) - least)).toBeLessThan(pixel);
        expect(Math.abs(scales.y(high) - most)).toBeLessThan(pixel);
      });
      const highest = Math.max(...extremes.map(([, most]) => most));
      expect(Math.max(...lines.map(([, , high = 0]) => scales.y(high)))).toBeCloseTo(highest, 0);
    });
  });
});
