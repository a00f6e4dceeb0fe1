import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readPage } from '../../src/report/client/page-model.ts';
import { openCellExplorer } from '../../src/sources/cellexplorer.ts';
import { root } from '../support/cli.ts';
import { evil, hostileSession } from '../support/hostile-session.ts';
import { pageData, parquetColumn, parquetRows, tagsOf } from '../support/report-page.ts';
import { reportOn, runPipeline, runsFolder } from '../support/report-runs.ts';

const scratch = runsFolder();
const session = join(root, 'data-samples', 'sim_small_11');
const pipeline = join(root, 'pipelines', 'reactivation.yaml');
const small = join(scratch, 'small');
let page = '';

beforeAll(async () => {
  await runPipeline(pipeline, small);
  page = readFileSync(join(small, 'report.html'), 'utf8');
});

test('the page that a run makes is the one that the command makes of it', async () => {
  const again = join(scratch, 'again.html');
  const printed = await reportOn(small, again);
  expect(printed).toMatch(/^report {6}\S*again\.html \(0\.\d\d MB, /);
  expect(readFileSync(again, 'utf8')).toBe(page);
  const { files } = JSON.parse(readFileSync(join(small, 'run.json'), 'utf8')) as {
    files: { name: string; bytes: number }[];
  };
  expect(files).toContainEqual({ name: 'report.html', bytes: Buffer.byteLength(page) });
});

describe('what the page holds is what the files hold', () => {
  const model = () => readPage(pageData(page));

  test('activation', async () => {
    const [projection] = model().projections;
    const time = await parquetColumn(small, 'activations.parquet', 'time');
    expect(projection.nAssemblies).toBe(2);
    for (const [k, activation] of projection.activations.entries()) {
      const values = await parquetColumn(small, 'activations.parquet', `assembly_${k + 1}`);
      expect(activation.isExact).toBe(true);
      expect(activation.nBuckets).toBe(values.length);
      const { low, high } = activation.range;
      expect([low, high]).toEqual([Math.min(...values), Math.max(...values)]);
      const code = (high - low) / 131_068;
      values.forEach((value, bin) => {
        const centre = activation.origin + (bin + 0.5) * activation.width;
        const isThere = Math.abs(centre - time[bin]) < 1e-6;
        if (!isThere || Math.abs(activation.bucket(bin).high - value) > code * 1.0001) {
          expect({ bin, value: activation.bucket(bin).high }).toEqual({ bin, value });
        }
      });
      const strongest = projection.strongest[k];
      expect(strongest[0]?.strength).toBe(high);
      expect(strongest[0]?.time).toBe(time[values.indexOf(high)]);
    }
  });

  test('averages around events', async () => {
    const rows = await parquetRows(small, 'psth.parquet');
    const { psths } = model();
    expect(psths.map(({ name }) => name)).toEqual(['pre', 'task', 'post']);
    let at = 0;
    for (const { name, lags, mean, sem, n } of psths) {
      const own = rows.filter((row) => row.events === name);
      expect(own.length).toBe(mean.length);
      own.forEach((row, i) => {
        const lag = i % lags.length;
        expect([lags[lag], mean[i], sem[i], n[lag]]).toEqual([row.lag, row.mean, row.sem, row.n]);
        expect(Math.floor(i / lags.length) + 1).toBe(row.assembly);
        at++;
      });
    }
    expect(at).toBe(rows.length);
    expect(pageData(page).differences).toEqual([{ before: 0, after: 2 }]);
  });

  test('weights and members', async () => {
    const rows = await parquetRows(small, 'patterns.parquet');
    const [fit] = pageData(page).fits;
    const weights = new Float32Array(Uint8Array.from(Buffer.from(fit.weights, 'base64')).buffer);
    rows.forEach((row, i) => {
      expect(weights[i]).toBe(Math.fround(Number(row.weight)));
      expect(fit.units[i % fit.units.length]).toBe(row.unit_id);
    });
    const [projection] = model().projections;
    for (const [k, members] of projection.members.entries()) {
      const own = rows.filter((row) => row.assembly === k + 1 && row.member === true);
      const expected = own
        .map((row) => ({ unit: row.unit_id, region: row.region, weight: row.weight }))
        .sort((a, b) => Math.abs(Number(b.weight)) - Math.abs(Number(a.weight)));
      expect(members).toEqual(expected);
    }
    const stems = tagsOf(page)
      .filter((tag) => tag.includes(' data-weight="'))
      .map((tag) => {
        const of = (name: string) => new RegExp(`\\sdata-${name}="([^"]*)"`).exec(tag)?.[1];
        return [Number(of('unit')), of('region'), Number(of('weight'))];
      });
    expect(stems.length).toBe(rows.length);
    for (const { unit_id, region, weight } of rows) {
      expect(stems).toContainEqual([unit_id, region, weight]);
    }
  });

  test('events, epochs and states', async () => {
    const rows = await parquetRows(small, 'events.parquet');
    const { events, epochs, states, span } = model();
    for (const { name, isAligned, times, nEvents } of events) {
      const kind = isAligned ? 'aligned' : 'recorded';
      const own = rows.filter((row) => row.events === name && row.kind === kind);
      expect([...times]).toEqual(own.map(({ start }) => start));
      expect(nEvents).toBe(own.length);
    }
    expect(events.length).toBe(4);
    const spans = await parquetRows(small, 'epochs.parquet');
    const recorded = spans.filter(({ kind }) => kind === 'epoch');
    expect(epochs.map(({ name, start, end, role }) => [name, start, end, role])).toEqual(
      recorded.map(({ name, start, stop, role }) => [name, start, stop, role ?? '']),
    );
    for (const state of states) {
      const own = spans.filter(({ kind, name }) => kind === 'state' && name === state.name);
      expect([...state.spans]).toEqual(own.flatMap(({ start, stop }) => [start, stop]));
    }
    expect(span).toEqual({ start: 0, end: 600.0674 });
  });

  test('spikes are those of the recording', async () => {
    const { spikes, projections, events } = model();
    if (!spikes) throw new Error('no spikes');
    const { values, streams } = await openCellExplorer({
      path: session,
      brainRegion: ['CA1'],
      cellType: ['Pyr'],
    });
    const members = new Set(projections[0].members.flat().map(({ unit }) => unit));
    const recorded: { time: number; unit: number }[] = [];
    for await (const { times, units } of streams.spikes()) {
      times.forEach((time, i) => {
        const unit = values.units.kept[units[i]].id;
        if (members.has(unit)) recorded.push({ time, unit });
      });
    }
    const aligned = events.filter(({ isAligned }) => isAligned).flatMap(({ times }) => [...times]);
    expect(aligned.length).toBe(259);
    for (const time of aligned) {
      expect(spikes.isCarried({ start: time - 0.5, end: time + 0.5 })).toBe(true);
    }
    const isInside = (t: number) => {
      for (let i = 0; i < spikes.spans.length; i += 2) {
        if (t >= spikes.spans[i] && t < spikes.spans[i + 1]) return true;
      }
      return false;
    };
    const expected = recorded.filter(({ time }) => isInside(time));
    expect(spikes.times.length).toBe(expected.length);
    expected.forEach(({ time, unit }, i) => {
      expect(Math.abs(spikes.times[i] - time)).toBeLessThanOrEqual(0.5001e-4);
      expect(spikes.unitOf[i]).toBe(spikes.placeOf(unit));
    });
  });
});

describe('the page is closed in itself', () => {
  test('a policy allows this one script, this one style sheet and images within the page', () => {
    const [, policy = ''] =
      /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const digest = (tag: RegExp): string => {
      const [, text = ''] = tag.exec(page) ?? [];
      return `sha256-${createHash('sha256').update(text).digest('base64')}`;
    };
    expect(policy.replaceAll('&#39;', "'").split('; ')).toEqual([
      "default-src 'none'",
      `script-src '${digest(/<script>([\s\S]*?)<\/script>/)}'`,
      `style-src '${digest(/<style>([\s\S]*?)<\/style>/)}'`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style'));
  });

  test('no tag carries styles, handlers or anything from elsewhere', () => {
    const tags = tagsOf(page);
    expect(tags.length).toBeGreaterThan(500);
    for (const tag of tags) {
      expect(tag).not.toMatch(/\s(style|on\w+|srcset|action|formaction)=/i);
      const [, target] = /\s(?:href|src|xlink:href)="([^"]*)"/.exec(tag) ?? [];
      if (target !== undefined) expect(target).toMatch(/^(#|data:image\/png;base64,)/);
    }
    expect(
      tags.filter((tag) => /^<(iframe|object|embed|link|base|form|img|foreignObject)\b/i.test(tag)),
    ).toEqual([]);
  });
});

test('text of the data that holds markup is text', async () => {
  const hostile = hostileSession(join(scratch, 'hostile-session'));
  const out = join(scratch, 'hostile');
  await runPipeline(join(root, 'pipelines', 'reactivation-tables.yaml'), out, [
    `session=${hostile}`,
  ]);
  await reportOn(out);
  const text = readFileSync(join(out, 'report.html'), 'utf8');
  const tags = tagsOf(text);
  expect(tags.filter((tag) => /^<(img|svg onload|script>alert)/i.test(tag))).toEqual([]);
  expect(text).not.toContain(evil);
  expect(text).not.toContain('<script>alert');
  expect(text).toContain('CA1 &lt;img src=x onerror=alert(1)&gt;');
  expect(JSON.stringify(pageData(text).epochs)).toContain('</script><script>alert(2)</script>');
  expect(text.match(/<script\b/g)?.length).toBe(2);
});

describe('when the recording is not what it was', () => {
  const moved = join(scratch, 'moved-session');
  const out = join(scratch, 'moved');

  beforeAll(async () => {
    cpSync(join(root, 'data-samples', 'sim_small_1'), moved, { recursive: true });
    await runPipeline(join(root, 'pipelines', 'reactivation-tables.yaml'), out, [
      `session=${moved}`,
    ]);
  });

  test('the page is whole while it is', async () => {
    expect(await reportOn(out)).not.toContain('left out');
    expect(pageData(readFileSync(join(out, 'report.html'), 'utf8')).spikes).not.toBeNull();
  });

  test('a file that has changed: spikes are left out, and the page says so', async () => {
    appendFileSync(join(moved, 'events.csv'), 'ripples,599.5,599.6,599.7\n');
    expect(await reportOn(out)).toContain(
      'left out    Spikes of members: events.csv is not what it was when the run was made.',
    );
    const text = readFileSync(join(out, 'report.html'), 'utf8');
    expect(text).toContain('events.csv is not what it was when the run was made');
    const data = pageData(text);
    expect(data.spikes).toBeNull();
    expect(data.projections[0]?.pyramid).not.toBeNull();
    expect(text).not.toContain('id="event-raster"');
  });

  test('a folder that is gone', async () => {
    rmSync(moved, { recursive: true });
    expect(await reportOn(out)).toMatch(
      /left out {4}Spikes of members: the recording cannot be read/,
    );
    expect(existsSync(join(out, 'report.html'))).toBe(true);
  });
});
