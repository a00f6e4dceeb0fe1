import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assemblyColor,
  diverging,
  magma,
  maxCategories,
  viridis,
} from '../../src/figures/colors.ts';
import type { GraphData } from '../../src/figures/graph-data.ts';
import { layOutGraph } from '../../src/figures/graph-layout.ts';
import { encodePng } from '../../src/figures/png.ts';
import { rateWindow } from '../../src/figures/session.ts';
import { escapeText } from '../../src/figures/svg.ts';
import { fitText, textWidth, wrapText } from '../../src/figures/text-width.ts';
import { decadeFormat, roundTicks, tickFormat, wholeTicks } from '../../src/figures/ticks.ts';
import { timeAxis } from '../../src/figures/time-axis.ts';
import { readPng } from '../support/read-svg.ts';

describe('ticks', () => {
  test('stand at round values within the limits', () => {
    expect(roundTicks(0, 5, 6)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(roundTicks(-0.5, 0.5, 5)).toEqual([-0.4, -0.2, 0, 0.2, 0.4]);
    expect(roundTicks(-5, 5, 4)).toEqual([-5, 0, 5]);
    expect(roundTicks(0.3, 0.3, 4)).toEqual([0.3]);
    expect(wholeTicks(4)).toEqual([1, 2, 3, 4]);
    expect(wholeTicks(16)).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
    expect(wholeTicks(49)).toEqual([1, 5, 10, 15, 20, 25, 30, 35, 40, 45]);
  });

  test('whatever the limits: within them, ascending, and no more than a third too many', () => {
    const limits = fc.tuple(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(limits, fc.integer({ min: 1, max: 12 }), ([low, size], nWanted) => {
        const ticks = roundTicks(low, low + size, nWanted);
        const margin = 1e-6 * size + 2 * Number.EPSILON * Math.abs(low);
        expect(ticks.length).toBeLessThanOrEqual(nWanted + 2);
        ticks.forEach((tick, index) => {
          expect(tick).toBeGreaterThanOrEqual(low - margin);
          expect(tick).toBeLessThanOrEqual(low + size + margin);
          if (index > 0) expect(tick).toBeGreaterThan(ticks[index - 1]);
        });
      }),
    );
  });

  test('numbers have as many decimals as one of them needs', () => {
    expect([0, 0.5, 1].map(tickFormat([0, 0.5, 1]))).toEqual(['0', '0.5', '1.0']);
    expect([-0.2, 0].map(tickFormat([-0.2, 0]))).toEqual(['−0.2', '0']);
    expect([0, 100].map(tickFormat([0, 100]))).toEqual(['0', '100']);
    expect([0.01, 100, 1].map(decadeFormat)).toEqual(['10⁻²', '10²', '10⁰']);
  });

  test('time has the unit that people would choose', () => {
    expect(timeAxis(0, 600, 600).axis).toMatchObject({ label: 'time (s)', domain: [0, 600] });
    expect(timeAxis(0, 3600, 600)).toMatchObject({ unit: 60, axis: { label: 'time (min)' } });
    expect(timeAxis(0, 24000, 600).axis.ticks).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(timeAxis(7200, 26000, 600).axis.domain).toEqual([2, 26000 / 3600]);
    expect([600, 3600, 24000, 1e6].map(rateWindow)).toEqual([5, 30, 300, 7200]);
  });
});

describe('text', () => {
  const fonts = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
  const drawnWidth = (text: string): number => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="40"><text y="20" font-size="20" font-family="DejaVu Sans">${escapeText(text)}</text></svg>`;
    const box = new Resvg(svg, { font: { loadSystemFonts: false, fontFiles: [fonts] } }).getBBox();
    return box ? box.x + box.width : 0;
  };

  test.each([
    'time from SWR start (s)',
    'Weights (a.u.)',
    'WAKEstate',
    'illicit',
    'MMMM',
    '−0.25',
    'CA1sp: 12, PFC: 3',
  ])('is no wider than it is taken for: %s', (text) => {
    const [drawn, taken] = [drawnWidth(text), textWidth(text, 20)];
    expect(drawn).toBeLessThanOrEqual(taken + 1);
    expect(drawn).toBeGreaterThan(taken * 0.85);
  });

  test('is cut or broken to fit', () => {
    expect(fitText('short', 10, 100)).toBe('short');
    const cut = fitText('a very long name of a region', 10, 60);
    expect(cut.endsWith('...')).toBe(true);
    expect(textWidth(cut, 10)).toBeLessThanOrEqual(60);
    const lines = wrapText('cell type "Narrow Interneuron" does not match Pyr', 10, 120, 2);
    expect(lines.length).toBe(2);
    for (const line of lines) expect(textWidth(line, 10)).toBeLessThanOrEqual(120);
  });

  test('is escaped for XML, and what XML cannot hold is replaced', () => {
    expect(escapeText(`<a href="x">&'`)).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&#39;');
    expect(escapeText('a\u0000b\ud800c\uffff')).toBe('a\ufffdb\ufffdc\ufffd');
    expect(escapeText('µ 海馬 😀')).toBe('µ 海馬 😀');
  });
});

describe('colours', () => {
  test('of the diverging map are those of the tutorial', () => {
    // matplotlib's "coolwarm" at quarters of the way.
    expect([0, 0.25, 0.5, 0.75, 1].map(diverging)).toEqual([
      [59, 76, 192],
      [141, 176, 254],
      [221, 221, 221],
      [244, 154, 123],
      [180, 4, 38],
    ]);
  });

  test('of sequential maps get lighter all the way, so that they read without colour', () => {
    for (const map of [viridis, magma]) {
      const lightness = Array.from({ length: 50 }, (_, i) => {
        const [red, green, blue] = map(i / 49);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      });
      for (let i = 1; i < lightness.length; i++)
        expect(lightness[i]).toBeGreaterThan(lightness[i - 1]);
    }
  });

  test('tell assemblies apart', () => {
    for (const n of [1, 4, maxCategories, maxCategories + 1, 60]) {
      const colors = Array.from({ length: n }, (_, k) => assemblyColor(k + 1, n));
      expect(new Set(colors).size).toBe(n);
    }
  });
});

test('a PNG has the pixels it was given', () => {
  const palette = Uint8Array.from([255, 0, 0, 0, 255, 0, 1, 2, 3]);
  const png = readPng(encodePng(3, 2, Uint8Array.from([0, 1, 2, 2, 1, 0]), palette));
  expect([png.width, png.height]).toEqual([3, 2]);
  expect([png.colorAt(0, 0), png.colorAt(1, 0), png.colorAt(0, 1)]).toEqual([
    [255, 0, 0],
    [0, 255, 0],
    [1, 2, 3],
  ]);
});

describe('the layout of a graph', () => {
  /** Nodes in order, each reading some of those before it. */
  const graphs = fc
    .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 24 })
    .map(
      (inputs): GraphData => ({
        name: 'any',
        nPasses: 1,
        nodes: inputs.map((_, index) => {
          const kind = index === 0 ? 'source' : 'operator';
          return { id: `n${index}`, op: 'bin', kind, passes: [1] };
        }),
        wires: inputs.flatMap((from, index) =>
          index === 0
            ? []
            : [...new Set(from.map((one) => one % index))].map((one) => ({
                from: `n${one}`,
                port: 'counts',
                to: `n${index}`,
                input: 'counts',
                type: 'counts',
              })),
        ),
      }),
    );

  test('every node has a place of its own, and every wire goes down', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { layers, width } = layOutGraph(graph, () => 90);
        const layerOf = new Map(
          layers.flatMap((layer, index) =>
            layer.filter(({ isNode }) => isNode).map(({ id }) => [id, index] as const),
          ),
        );
        expect(layerOf.size).toBe(graph.nodes.length);
        for (const { from, to } of graph.wires)
          expect(layerOf.get(to)).toBeGreaterThan(layerOf.get(from) ?? Infinity);
        for (const layer of layers) {
          layer.forEach((slot, index) => {
            expect(slot.x - slot.width / 2).toBeGreaterThan(-1e-6);
            expect(slot.x + slot.width / 2).toBeLessThan(width + 1e-6);
            const previous = layer[index - 1];
            if (!previous) return;
            const between = slot.x - slot.width / 2 - previous.x - previous.width / 2;
            expect(between).toBeGreaterThan(20);
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});
