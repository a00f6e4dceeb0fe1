import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { help, readArguments, type Settings } from './arguments.ts';
import { buildProbes, takeBuild } from './build.ts';
import { compareResults, renderComparison } from './compare.ts';
import { makeSessions } from './data.ts';
import type { Reading } from './figure.ts';
import { alone } from './lock.ts';
import { describeMachine, describeVersions } from './machine.ts';
import { mergeResults } from './merge.ts';
import { benchFolder, root } from './paths.ts';
import { renderTables, replaceBetweenMarkers } from './readme.ts';
import { makeReady } from './ready.ts';
import { renderResults } from './render.ts';
import { type Results, summarise } from './results.ts';
import { measureRounds } from './rounds.ts';
import { allFigures, chooseFigures, groups } from './suite.ts';

/** The exit code: 1 when a figure is worse than the base it is compared with, 2 when there are no figures to tell. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await answer(readArguments(args));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return 2;
  }
}

async function answer(settings: Settings): Promise<number> {
  const file = resolve(
    settings.json ?? join(benchFolder, settings.isQuick ? 'quick.json' : 'bench.json'),
  );
  switch (settings.does) {
    case 'help':
      return tell(help);
    case 'list':
      return list(settings);
    case 'readme':
      return writeReadme(readResults(file));
    case 'measure':
      return alone(() => run(settings, file));
  }
}

async function run(settings: Settings, file: string): Promise<number> {
  const { isQuick, rounds, isMerged, compare, margin } = settings;
  const all = allFigures(isQuick);
  const figures = chooseFigures(all, settings.only);
  const base = compare === undefined ? undefined : readResults(resolve(compare));
  const earlier = isMerged && existsSync(file) ? readResults(file) : undefined;
  const dist = takeBuild(resolve(settings.dist));
  const specs = figures.flatMap(({ data = [] }) => data);
  makeSessions(specs, dist);
  const workshop = { dist, probeScript: buildProbes(dist) };
  await makeReady(specs, workshop);
  const machine = describeMachine();
  const versions = describeVersions();

  const write = (readings: ReadonlyMap<string, readonly Reading[]>, nDone: number): Results => {
    const date = new Date().toISOString();
    const own = figures.map((figure) => summarise(figure, readings, date));
    const now = {
      format: 1,
      date,
      isQuick,
      rounds: nDone,
      machine,
      versions,
      figures: own,
    } as const;
    const names = all.map(({ name }) => name);
    const results = earlier ? mergeResults(earlier, now, names) : now;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
    return now;
  };
  const readings = await measureRounds(figures, rounds, workshop, {
    tell: (text) => process.stderr.write(`${text}\n`),
    roundDone: write,
  });
  const results = write(readings, rounds);
  tell(renderResults(results));
  if (!base) return 0;
  const comparisons = compareResults(base, results, margin);
  tell(`\n${renderComparison(comparisons, margin)}`);
  return comparisons.some(({ isWorse }) => isWorse) ? 1 : 0;
}

function list({ isQuick }: Settings): number {
  const all = allFigures(isQuick);
  const parts = groups.map(({ name, says }) => {
    const own = all.filter(({ group }) => group === name);
    const lines = own.map((figure) => `  ${figure.name.padEnd(32)} ${figure.says}`);
    return [`${name}: ${says}`, ...lines].join('\n');
  });
  return tell(parts.join('\n\n'));
}

function writeReadme(results: Results): number {
  const readme = join(root, 'README.md');
  const text = readFileSync(readme, 'utf8');
  writeFileSync(readme, replaceBetweenMarkers(text, renderTables(results, groups)));
  return tell('README.md has the figures');
}

/** @throws Error when the file is not one of this suite */
function readResults(file: string): Results {
  const results = JSON.parse(readFileSync(file, 'utf8')) as Results;
  if (results.format !== 1) throw new Error(`${file} holds no figures of this suite`);
  return results;
}

function tell(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
