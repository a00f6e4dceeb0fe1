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

describe('weights', () => {
  test('every stem has the weight of its unit, and ends there', async () => {
    const rows = await rowsOf(crossOut, 'standard.patterns.parquet');
    const panels = all(await draw('weights', { node: 'standard' }, cross), '[data-panel=weights]');
    expect(panels.length).toBe(4);
    let nStems = 0;
    for (const panel of panels) {
      const scales = valuesAt(panel);
      for (const stem of all(panel, '[data-unit]')) {
        nStems++;
        const row = rows.find(
          ({ assembly, unit_id }) =>
            assembly === numberOf(panel, 'assembly') && unit_id === numberOf(stem, 'unit'),
        );
        expect(numberOf(stem, 'weight')).toBe(row?.weight);
        expect(data(stem, 'member')).toBe(String(row?.member));
        expect(data(stem, 'region')).toBe(row?.region);
        const end = Number(stem.querySelector('circle')?.getAttribute('cx'));
        expect(Math.abs(scales.x(end) - Number(row?.weight))).toBeLessThan(rounding(panel, 'x'));
      }
    }
    expect(nStems).toBe(rows.length);
  });

  test('units are sorted by group, and a border lies between', async () => {
    const root = await draw('weights', { node: 'cross' }, cross);
    const [panel] = all(root, '[data-panel=weights]');
    if (!panel) throw new Error('no panel');
    const regions = new Map(
      all(panel, '[data-unit]').map((stem) => [data(stem, 'unit'), data(stem, 'region')]),
    );
    const sorted = data(root.querySelector('desc'), 'units')
      .split(' ')
      .map((id) => regions.get(id));
    const firstPfc = sorted.indexOf('PFC');
    expect(sorted.slice(firstPfc).every((region) => region === 'PFC')).toBe(true);
    expect(firstPfc).toBe(12);
    expect(data(panel.querySelector('[data-border]'), 'border')).toBe('12');
  });

  test('very many stems become two paths, which have the same weights', async () => {
    const nUnits = 1000;
    const { drawWeights } = await import('../../src/figures/weights.ts');
    const { openCanvas } = await import('../../src/figures/canvas.ts');
    const weights = Array.from({ length: 4 }, (_, k) =>
      Float64Array.from({ length: nUnits }, (_, unit) => Math.sin(k + unit) / 30),
    );
    const units = Array.from({ length: nUnits }, (_, id) => ({ id, region: 'CA1', cellType: '' }));
    const none = new Float64Array(4).fill(Number.NaN);
    const members = weights.map(() => new Uint8Array(nUnits));
    const patterns = {
      fit: '',
      units,
      weights,
      members,
      valid: new Uint8Array(4),
      stability: none,
      restartStability: none,
      detection: undefined,
    };
    const order = Int32Array.from(units, ({ id }) => id);
    const sorted = { order, groups: [{ name: 'CA1', from: 0, to: nUnits }] };
    const svg = drawWeights({ patterns, sorted }, await openCanvas());
    expect(svg.length).toBeLessThan(400_000);
    all(parseSvg(svg), '[data-panel=weights]').forEach((panel, k) => {
      expect(all(panel, '[data-unit]')).toEqual([]);
      const d = panel.querySelector('[data-stems]')?.getAttribute('d') ?? '';
      const ends = [...d.matchAll(/H([\d.]+)/g)].map(([, x]) => valuesAt(panel).x(Number(x)));
      expect(ends.length).toBe(nUnits);
      ends.forEach((end, unit) => {
        expect(Math.abs(end - (weights[k]?.[unit] ?? 0))).toBeLessThan(rounding(panel, 'x'));
      });
    });
  });

  test('the heat map has them too, the first unit at the bottom', async () => {
    const rows = await rowsOf(crossOut, 'standard.patterns.parquet');
    const image = (await draw('weights-map', { node: 'standard' }, cross)).querySelector('image');
    const { cells, n } = cellsOf(image);
    const most = Math.max(...rows.map(({ weight }) => Math.abs(Number(weight))));
    expect(n).toEqual([20, 4]);
    data(image, 'units')
      .split(' ')
      .forEach((id, place) => {
        for (let k = 0; k < 4; k++) {
          const row = rows.find((one) => one.unit_id === Number(id) && one.assembly === k + 1);
          expect(cells[place * 4 + k]).toBe(levelOf(Number(row?.weight), [-most, most]));
        }
      });
  });

  test('bars count the members in each region', async () => {
    const rows = await rowsOf(crossOut, 'standard.patterns.parquet');
    for (const bar of all(await draw('members', { node: 'standard' }, cross), '[data-members]')) {
      const own = rows.filter(
        ({ assembly, region, member }) =>
          member &&
          assembly === numberOf(bar, 'assembly') &&
          String(region).includes(data(bar, 'region')),
      );
      expect(numberOf(bar, 'members')).toBe(own.length);
      expect(own.length).toBeGreaterThan(0);
    }
  });
});

describe('detection', () => {
  test('eigenvalues stand where the spectrum has them', async () => {
    const rows = await rowsOf(out, 'spectrum.parquet');
    const root = await draw('spectrum');
    const panel = root.querySelector('[data-panel=spectrum]');
    const points = all(root, '[data-component]');
    if (!panel) throw new Error('no panel');
    expect(points.length).toBe(rows.length);
    points.forEach((point, k) => {
      expect(numberOf(point, 'eigenvalue')).toBe(rows[k]?.eigenvalue);
      expect(numberOf(point, 'bound')).toBe(rows[k]?.bound);
      const y = valuesAt(panel).y(Number(point.getAttribute('cy')));
      expect(Math.abs(y - Number(rows[k]?.eigenvalue))).toBeLessThan(rounding(panel, 'y'));
    });
    const above = points.filter((point) => point.getAttribute('fill') === '#6768ab');
    expect(above.length).toBe(
      rows.filter(({ eigenvalue, bound }) => Number(eigenvalue) > Number(bound)).length,
    );
  });

  test('convergence has the statistic of each iteration', async () => {
    const limits = results.run.detection[0]?.ica?.limits ?? [];
    const points = all(await draw('convergence'), '[data-iteration]');
    expect(points.map((point) => numberOf(point, 'limit'))).toEqual(limits);
    expect(limits.length).toBeGreaterThan(1);
  });
});

describe('the correlation matrix', () => {
  test('has its values, white within groups, and borders between', async () => {
    const rows = await rowsOf(crossOut, 'correlation.parquet');
    const root = await draw('correlation', {}, cross);
    const image = root.querySelector('image');
    const { cells, n } = cellsOf(image);
    expect(n).toEqual([20, 20]);
    const ids = data(image, 'units').split(' ').map(Number);
    const [low = 0, high = 0] = data(image, 'domain').split(' ').map(Number);
    expect(low).toBe(-high);
    ids.forEach((a, row) => {
      ids.forEach((b, column) => {
        const value = rows.find(({ unit_a, unit_b }) => unit_a === a && unit_b === b)?.value;
        const expected = value === null ? 0 : levelOf(Number(value), [low, high]);
        expect(cells[row * 20 + column]).toBe(expected);
      });
    });
    expect(data(root.querySelector('[data-border]'), 'border')).toBe('12');
    expect(cells.filter((cell) => cell === 0).length).toBe(12 * 12 + 8 * 8);
  });
});
