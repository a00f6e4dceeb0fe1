import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawFigures } from '../../src/figures/draw-figures.ts';
import { type FigureName, figureNames } from '../../src/figures/request.ts';
import type { RunResults } from '../../src/results/run-results.ts';
import { finishRun, scratchFolder } from '../support/finished-run.ts';
import { all, data, parseSvg } from '../support/read-svg.ts';
import { simulate } from '../support/simulated.ts';

const scratch = scratchFolder();

/** A few spikes of a few units as tables. */
function saveSession(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

/** Units that fire in pairs, every second one with its neighbour, so that there is something to find. */
function pairedSpikes(nUnits: number, duration: number): string {
  const lines = ['unit_id,time'];
  let state = 7;
  const next = (): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
  const spikes: [number, number][] = [];
  for (let unit = 1; unit <= nUnits; unit += 2) {
    for (let n = 0; n < duration; n++) {
      const time = next() * duration;
      spikes.push([unit, time]);
      if (next() < 0.7 && unit < nUnits) spikes.push([unit + 1, time]);
    }
  }
  spikes.sort(([, a], [, b]) => a - b);
  for (const [unit, time] of spikes) lines.push(`${unit},${time.toFixed(5)}`);
  return `${lines.join('\n')}\n`;
}

function pipeline(session: string, more: readonly string[] = [], fit = ''): string {
  return [
    'version: 1',
    'name: edge',
    'nodes:',
    `  recording: { op: tables, path: ${session} }`,
    '  counts: { op: bin, from: recording.spikes, binSize: 0.025 }',
    '  z: { op: zscore, from: counts }',
    `  templates: { op: fit-patterns, from: z${fit} }`,
    '  activity: { op: project, inputs: { zscored: z, patterns: templates } }',
    ...more,
    '',
  ].join('\n');
}

async function drawAll(results: RunResults) {
  const drawn = new Map<FigureName, string>();
  for (const name of figureNames) {
    const [first] = await drawFigures(results, name);
    if (first) drawn.set(name, first.svg);
  }
  return drawn;
}

describe('no assemblies', () => {
  let drawn: Map<FigureName, string>;
  beforeAll(async () => {
    const session = join(scratch, 'none');
    await simulate({ preset: 'small', seed: '5', assemblies: false, out: session });
    const set = [`session=${session}`];
    drawn = await drawAll(
      await finishRun(join(scratch, 'none-run'), 'reactivation-tables.yaml', set),
    );
  }, 300_000);

  test.each([
    'weights',
    'weights-map',
    'members',
    'activation',
    'psth',
    'psth-map',
    'peaks',
  ] as const)('%s says so', (name) => {
    expect(parseSvg(drawn.get(name) ?? '').textContent).toContain('no assemblies found');
  });

  test('the session and the spectrum are there', () => {
    const spectrum = parseSvg(drawn.get('spectrum') ?? '');
    expect(all(spectrum, '[data-component]').length).toBe(12);
    expect(spectrum.textContent).toContain('0 above the bound');
    expect(all(parseSvg(drawn.get('session') ?? ''), '[data-epoch]').length).toBe(3);
    expect(parseSvg(drawn.get('convergence') ?? '').textContent).toContain('no assemblies found');
  });
});

describe('one epoch only, no states, no events', () => {
  let drawn: Map<FigureName, string>;
  beforeAll(async () => {
    const session = saveSession('one-epoch', {
      'spikes.csv': pairedSpikes(6, 300),
      'epochs.csv': 'name,start,stop,environment\nall,0,300,box\n',
    });
    drawn = await drawAll(await finishRun(join(scratch, 'one-epoch-run'), pipeline(session)));
  });

  test('has the figures it has something for, and no others', () => {
    expect([...drawn.keys()]).toEqual([
      'session',
      'spectrum',
      'convergence',
      'weights',
      'weights-map',
      'members',
      'activation',
      'graph',
    ]);
    const session = parseSvg(drawn.get('session') ?? '');
    expect(session.textContent).toContain('no events');
    expect(all(session, '[data-epoch]').map((band) => data(band, 'epoch'))).toEqual(['all']);
    expect(all(parseSvg(drawn.get('weights') ?? ''), '[data-panel]').length).toBeGreaterThan(1);
  });
});

test('one assembly: one panel, no mean over assemblies', async () => {
  const session = saveSession('one', {
    'spikes.csv': pairedSpikes(2, 300),
    'events.csv': `name,start,peak,stop\n${Array.from({ length: 9 }, (_, i) => `ttl,${20 * i + 9},,`).join('\n')}\n`,
  });
  const align =
    '  around: { op: event-align, inputs: { activation: activity, events: recording.ttl } }';
  const results = await finishRun(join(scratch, 'one-run'), pipeline(session, [align]));
  expect(results.run.detection[0]?.nAssemblies).toBe(1);
  const drawn = await drawAll(results);
  expect(all(parseSvg(drawn.get('weights') ?? ''), '[data-panel=weights]').length).toBe(1);
  const lines = all(parseSvg(drawn.get('psth') ?? ''), '[data-panel=psth] [data-assembly]');
  expect(lines.map((line) => data(line, 'assembly'))).toEqual(['1']);
  expect(parseSvg(drawn.get('psth') ?? '').textContent).toContain('time from ttl start (s)');
});

test('events with no bins around them: no empty axes', async () => {
  const session = saveSession('no-events', {
    'spikes.csv': pairedSpikes(4, 200),
    'events.csv': 'name,start,peak,stop\nttl,5000,,\n',
    'epochs.csv': 'name,start,stop,environment\nall,0,200,box\n',
  });
  const align =
    '  around: { op: event-align, inputs: { activation: activity, events: recording.ttl } }';
  const drawn = await drawAll(
    await finishRun(join(scratch, 'no-events-run'), pipeline(session, [align])),
  );
  for (const name of ['psth', 'psth-map', 'peaks'] as const) {
    expect(parseSvg(drawn.get(name) ?? '').textContent, name).toContain(
      'no events to average over',
    );
  }
});

test('sixty assemblies: a panel, a row and a strip for each, and no band without end', async () => {
  const session = saveSession('sixty', {
    'spikes.csv': pairedSpikes(124, 120),
    'events.csv': `name,start,peak,stop\n${Array.from({ length: 9 }, (_, i) => `ttl,${12 * i + 9},,`).join('\n')}\n`,
  });
  const align =
    '  around: { op: event-align, inputs: { activation: activity, events: recording.ttl } }';
  const text = pipeline(session, [align], ', method: pca');
  const results = await finishRun(join(scratch, 'sixty-run'), text);
  const n = results.run.detection[0]?.nAssemblies ?? 0;
  expect(n).toBeGreaterThanOrEqual(60);
  const drawn = await drawAll(results);
  expect(all(parseSvg(drawn.get('weights') ?? ''), '[data-panel=weights]').length).toBe(n);
  expect(all(parseSvg(drawn.get('activation') ?? ''), '[data-strip]').length).toBe(n);
  const psth = parseSvg(drawn.get('psth') ?? '');
  expect(all(psth, '[data-panel=psth] [data-assembly]').length).toBe(n + 1);
  expect(all(psth, '[data-band]').length).toBe(0);
  const [first] = all(parseSvg(drawn.get('psth-map') ?? ''), 'image');
  expect(data(first, 'rows')).toBe(String(n));
  for (const [name, svg] of drawn) expect(svg.length, name).toBeLessThan(2_000_000);
});

describe('text from data', () => {
  const evil = '<img src=x onerror=alert(1)>';
  const quotes = `"'&amp;<b>`;
  let drawn: Map<FigureName, string>;

  beforeAll(async () => {
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const units = ['unit_id,region,cell_type'];
    for (let id = 1; id <= 6; id++) {
      units.push(`${id},${quoted(id > 3 ? evil : quotes)},${quoted('</svg><script>1</script>')}`);
    }
    const session = saveSession('evil', {
      'spikes.csv': pairedSpikes(6, 300),
      'units.csv': `${units.join('\n')}\n`,
      'epochs.csv': `name,start,stop,environment\n${quoted(evil)},0,100,sleep\n${quoted('\u0001]]>')},100,300,box\n`,
      'states.csv': `state,start,stop\n${quoted(evil)},0,50\n`,
      'events.csv': 'name,start,peak,stop\nttl,50,,\nttl,90,,\n',
    });
    const align = [
      '  around: { op: event-align, inputs: { activation: activity, events: recording.ttl } }',
      '  pairs: { op: correlate, from: z, pairs: cross }',
    ];
    drawn = await drawAll(await finishRun(join(scratch, 'evil-run'), pipeline(session, align)));
  });

  test('is text in every figure', () => {
    expect(drawn.size).toBe(12);
    for (const [name, svg] of drawn) {
      expect(svg, name).not.toMatch(/<(img|script|b|style)\b/i);
      for (const element of all(parseSvg(svg), '*')) {
        const names = [...element.attributes].map((attribute) => attribute.name);
        expect(
          names.filter((one) => /^(on|style)/.test(one)),
          name,
        ).toEqual([]);
      }
      // biome-ignore lint/suspicious/noControlCharactersInRegex: no XML may hold them
      expect(svg, name).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
      expect(svg.match(/<\/svg>/g)?.length, name).toBe(1);
    }
  });

  test('is there to be read', () => {
    const session = parseSvg(drawn.get('session') ?? '');
    const titles = all(session, 'rect title').map((title) => title.textContent);
    expect(titles[0]).toBe(`${evil} (sleep)`);
    const stems = all(parseSvg(drawn.get('weights') ?? ''), '[data-unit]');
    expect(new Set(stems.map((stem) => data(stem, 'region')))).toEqual(new Set([evil, quotes]));
    expect(drawn.get('weights')).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  test('makes pictures all the same', async () => {
    const { openRasterizer } = await import('../../src/figures/canvas.ts');
    const rasterize = await openRasterizer();
    for (const [name, svg] of drawn) expect(rasterize(svg, 96).length, name).toBeGreaterThan(500);
  });
});
