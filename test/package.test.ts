import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { root } from './support/cli.ts';
import { skip } from './support/small-disk.ts';

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

const minutes = 60_000;
let scratch: string;
let project: string;
let tarball: string;
let packed: Packed;
/** Why the package could not be installed, where no registry answers. */
let offline: string | undefined;

function execute(command: string, args: readonly string[], cwd: string) {
  const shell = process.platform === 'win32';
  const maxBuffer = 64 * 1024 * 1024;
  const options = { cwd, encoding: 'utf8', shell, maxBuffer } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (error) throw error;
  return { status, stdout, stderr };
}

/** Packs the project and installs it into an empty one. */
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-package-'));
  project = join(scratch, 'project');
  mkdirSync(project);
  const pack = execute('npm', ['pack', '--json', '--pack-destination', scratch], root);
  expect(pack, pack.stderr).toMatchObject({ status: 0 });
  packed = (JSON.parse(pack.stdout) as [Packed])[0];
  tarball = join(scratch, packed.filename);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  const flags = ['--no-audit', '--no-fund', '--prefer-offline'];
  const install = execute('npm', ['install', ...flags, tarball], project);
  const isOffline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT/.test(install.stderr);
  if (install.status !== 0 && isOffline) offline = 'no package registry can be reached';
  else expect(install, install.stderr).toMatchObject({ status: 0 });
}, 5 * minutes);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function needInstalled(context: TestContext): void {
  if (offline !== undefined) skip(context, offline);
}

test('holds what is needed and nothing else', () => {
  const paths = packed.files.map(({ path }) => path);
  const mine = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];
  for (const path of [...mine, 'dist/cli.js', 'dist/index.js', 'dist/index.d.ts']) {
    expect(paths).toContain(path);
  }
  for (const name of readdirSync(join(root, 'pipelines'))) {
    expect(paths).toContain(`pipelines/${name}`);
  }
  // The recording that the pipelines name: they run where they are unpacked.
  const sample = 'data-samples/sim_small_11';
  for (const name of readdirSync(join(root, sample))) expect(paths).toContain(`${sample}/${name}`);

  const isExpected = (path: string) =>
    mine.includes(path) ||
    /^(pipelines\/[\w-]+\.yaml|data-samples\/[\w./-]+)$/.test(path) ||
    /^dist\/[\w./-]+\.(js|d\.ts)$/.test(path) ||
    path === 'dist/command/LICENSES.txt';
  expect(paths.filter((path) => !isExpected(path))).toEqual([]);
  // Built from sources that are there: nothing of an earlier build.
  const isModule = (path: string) => /^dist\/(?!command\/)/.test(path);
  const built = paths.filter(isModule);
  const sourceOf = (path: string) => path.replace('dist', 'src').replace(/(\.d\.ts|\.js)$/, '.ts');
  expect(built.filter((path) => !existsSync(join(root, sourceOf(path))))).toEqual([]);

  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;
  console.info(
    `${packed.files.length} files, ${kilobytes(packed.size)}, unpacked ${kilobytes(packed.unpackedSize)}`,
  );
  // The modules, and the command with the packages that are in it.
  expect(packed.unpackedSize).toBeLessThan(5.5e6);
});

test('the licence of every package that the command has in it', () => {
  const { stdout } = execute(
    'tar',
    ['-xzOf', tarball, 'package/dist/command/LICENSES.txt'],
    scratch,
  );
  for (const name of ['apache-arrow', 'commander', 'hyparquet', 'ml-matrix', 'rxjs', 'yaml']) {
    const { version, license } = JSON.parse(
      readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'),
    ) as { version: string; license: string };
    expect(stdout).toContain(`${name} ${version}, ${license}\n\n`);
  }
  // Each is followed by its text, not by the next one.
  expect(stdout).not.toMatch(/^\S+ [\d.]+, .*\n+-{80}/m);
});

test('tells nothing of the machine it was built on', (context) => {
  needInstalled(context);
  const installed = join(project, 'node_modules', 'rekindle');
  for (const { path } of packed.files) {
    const text = readFileSync(join(installed, path), 'latin1');
    for (const place of [root, `${homedir()}/`, tmpdir()]) {
      expect({ path, place, isThere: text.includes(place) }).toMatchObject({ isThere: false });
    }
  }
  const { scripts, ...published } = JSON.parse(
    readFileSync(join(installed, 'package.json'), 'utf8'),
  ) as { scripts: Record<string, string> };
  expect(Object.keys(scripts)).not.toContain('postinstall');
  expect(published).toMatchObject({ name: 'rekindle', license: 'MIT', type: 'module' });
});

test('publint finds nothing', async () => {
  const bytes = readFileSync(tarball);
  const { messages, pkg } = await publint({
    pack: { tarball: Uint8Array.from(bytes).buffer },
    strict: true,
  });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  expect(pkg).toMatchObject({ name: 'rekindle' });
});

test('types resolve for whoever imports modules', () => {
  const attw = join(root, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
  const flags = ['--profile', 'esm-only', '--format', 'json'];
  const { status, stdout, stderr } = execute(process.execPath, [attw, tarball, ...flags], scratch);
  expect({ status, stderr }, stdout).toMatchObject({ status: 0 });
  const { analysis } = JSON.parse(stdout) as {
    analysis: { types: unknown; entrypoints: Record<string, unknown> };
  };
  expect(analysis.types).toMatchObject({ kind: 'included' });
  expect(Object.keys(analysis.entrypoints)).toContain('.');
});

test('the library runs in plain JavaScript', (context) => {
  needInstalled(context);
  writeFileSync(
    join(project, 'use.js'),
    `import { from, lastValueFrom, toArray } from 'rxjs';
import { bin, fromSpikeTrains, moments, zscore } from 'rekindle';

const trains = [[0.05, 0.15, 0.16], [0.25, 0.35]];
const counts$ = from(fromSpikeTrains(trains, { start: 0, end: 0.4 })).pipe(bin({ binSize: 0.1 }));
const { mean, sd, nBins } = await lastValueFrom(counts$.pipe(moments()));
const chunks = await lastValueFrom(counts$.pipe(zscore({}, counts$.pipe(moments())), toArray()));
const values = chunks.flatMap((chunk) => [...chunk.counts.values]);
console.log(JSON.stringify({ mean: [...mean], sd: [...sd], nBins, values }));
`,
  );
  const { status, stdout, stderr } = execute(process.execPath, ['use.js'], project);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { mean, sd, nBins, values } = JSON.parse(stdout) as Record<string, number[]>;
  // Counts 1 2 0 0 and 0 0 1 1; standard deviations over all four bins.
  expect({ mean, nBins, values }).toEqual({ mean: [0.75, 0.5], nBins: 4, values: [1, 2, 1, 1] });
  expect(sd?.[0]).toBeCloseTo(Math.sqrt(11 / 16), 12);
  expect(sd?.[1]).toBeCloseTo(0.5, 12);
});

test('the library is typed for whoever installs it', (context) => {
  needInstalled(context);
  writeFileSync(
    join(project, 'use.ts'),
    `import { from, type Observable } from 'rxjs';
import { bin, builtins, type CountsChunk, defineOperator, fromSpikeTrains, moments, type Moments,
  PipelineError, type Registry, seconds, smooth, zscore, type ZscoredChunk } from 'rekindle';

const counts$: Observable<CountsChunk> = from(fromSpikeTrains([[0.1]], { start: 0, end: 1 })).pipe(
  bin({ binSize: 0.1 }),
);
export const z$: Observable<ZscoredChunk> = counts$.pipe(zscore());
export const moments$: Observable<Moments> = counts$.pipe(moments());
const mine = defineOperator({
  op: 'mine',
  summary: 'Smooths.',
  inputs: { counts: { type: 'counts' } },
  outputs: { counts: 'counts' },
  params: { width: seconds({ doc: 'A width.' }) },
  connect: ({ counts }, { width }) => {
    const seconds: number = width;
    return { counts: counts.pipe(smooth({ sd: seconds })) };
  },
});
export const registry: Registry = { ...builtins, operators: [...builtins.operators, mine] };
export const code = (error: PipelineError): string => error.code;
// @ts-expect-error -- a bin width is a number
bin({ binSize: '10 ms' });
`,
  );
  const compilerOptions = {
    target: 'ES2022',
    module: 'NodeNext',
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    types: [],
  };
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['use.ts'] }),
  );
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = execute(process.execPath, [tsc, '-p', '.'], project);
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

test('the command runs a packed pipeline', (context) => {
  needInstalled(context);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const said = execute('npx', ['rekindle', '--version'], project);
  expect(said).toMatchObject({ status: 0, stdout: `${version}\n` });
  const pipeline = join('node_modules', 'rekindle', 'pipelines', 'reactivation.yaml');
  const session = `session=${join(root, 'data-samples', 'sim_small_11')}`;
  for (const [out, set] of Object.entries({ named: ['--set', session], packed: [] })) {
    const run = execute('npx', ['rekindle', 'run', pipeline, ...set, '--out', out], project);
    expect(run).toMatchObject({ status: 0 });
    expect(readdirSync(join(project, out))).toContain('run.json');
  }
  const read = (out: string) => readFileSync(join(project, out, 'activations.parquet'), 'base64');
  expect(read('packed')).toBe(read('named'));
});
