import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { beforeAll, describe, expect, test } from 'vitest';
import { figurePackages, openRasterizer } from '../../src/figures/canvas.ts';
import { cli, root } from '../support/cli.ts';
import { finishRun, pipelineText, scratchFolder } from '../support/finished-run.ts';
import { readPng } from '../support/read-svg.ts';

const scratch = scratchFolder();

/** Runs the built command in a process in which packages of these names cannot be found. */
function withoutPackages(missing: readonly string[], args: readonly string[]) {
  const hooks = join(root, 'test', 'support', 'missing-packages.mjs');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', hooks, cli, ...args],
    { cwd: root, encoding: 'utf8', env: { ...process.env, MISSING_PACKAGES: missing.join(' ') } },
  );
  return { status, stdout, stderr };
}

const plain = join(scratch, 'plain.yaml');
writeFileSync(plain, pipelineText('reactivation.yaml'));
const everyPackage = ['@observablehq/plot', 'linkedom', '@resvg/resvg-js', 'dejavu-fonts-ttf'];

test('package.json names these very packages, as optional ones', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const named = Object.entries(optionalDependencies).map(([name, version]) => `${name}@${version}`);
  for (const one of [...figurePackages.svg, ...figurePackages.png]) expect(named).toContain(one);
});

describe('without the packages', () => {
  const run = join(scratch, 'run');
  beforeAll(() => finishRun(run, 'reactivation.yaml'));

  test('a run without figures works', () => {
    const out = join(scratch, 'plain');
    const { status, stderr } = withoutPackages(everyPackage, ['run', plain, '--out', out]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(existsSync(join(out, 'run.json'))).toBe(true);
  });

  test('the main pipeline goes on without its page, and says what it takes', () => {
    const out = join(scratch, 'no-page');
    const file = join(root, 'pipelines', 'reactivation.yaml');
    const { status, stdout } = withoutPackages(everyPackage, ['run', file, '--out', out]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/warning .*no report.html: .*npm install @observablehq\/plot/);
    expect(existsSync(join(out, 'report.html'))).toBe(false);
    const { notes } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as {
      notes: { code: string; node: string }[];
    };
    expect(notes).toContainEqual(
      expect.objectContaining({ node: 'report', code: 'FIGURES_NOT_INSTALLED' }),
    );
  });

  test('Mermaid needs none of them', () => {
    const { status, stdout } = withoutPackages(everyPackage, ['check', plain, '--graph']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^flowchart TD/);
  });

  test.each([
    ['all', everyPackage],
    ['Plot', ['@observablehq/plot']],
    ['linkedom', ['linkedom']],
  ])('a run with figures ends before any data is opened: %s missing', (_, missing) => {
    const out = join(scratch, 'figures');
    const file = join(scratch, 'figures.yaml');
    // A session that is not there would be told, were it opened first.
    writeFileSync(
      file,
      `${pipelineText('reactivation.yaml').replaceAll(/default: \S*sim_small_11,/g, 'default: nowhere,')}  draw: { op: figures }\n`,
    );
    const { status, stderr } = withoutPackages(missing, ['run', file, '--out', out]);
    expect(status).toBe(2);
    expect(stderr).toContain('FIGURES_NOT_INSTALLED');
    expect(stderr).toContain(
      `npm install ${[...figurePackages.svg, ...figurePackages.png].join(' ')}`,
    );
    expect(readdirSync(out)).toEqual([]);
  });

  test('SVG needs no packages for PNG, and PNG says what it needs', () => {
    const missing = ['@resvg/resvg-js', 'dejavu-fonts-ttf'];
    const svg = withoutPackages(missing, ['plot', run, '--figure', 'weights']);
    expect(svg.stderr).toBe('');
    expect(svg.status).toBe(0);
    for (const one of missing) {
      const png = withoutPackages([one], ['plot', run, '--figure', 'weights', '--format', 'png']);
      expect(png.status).toBe(2);
      expect(png.stderr).toContain('FIGURES_NOT_INSTALLED');
    }
  });
});

describe('PNG', () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60" viewBox="0 0 200 60">' +
    '<text x="10" y="40" font-size="30" font-family="Nimbus Sans, sans-serif">Neurons #</text></svg>';
  const darkPixels = (pixels: Uint8Array) => {
    let n = 0;
    for (let at = 0; at < pixels.length; at += 4) if (pixels[at + 3] > 128 && pixels[at] < 128) n++;
    return n;
  };

  test('text is drawn on a machine without fonts', async () => {
    const bare = new Resvg(svg, { font: { loadSystemFonts: false } }).render();
    expect(darkPixels(bare.pixels)).toBe(0);
    const fonts = join(
      createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
    );
    const own = new Resvg(svg, {
      font: { loadSystemFonts: false, fontFiles: [fonts], sansSerifFamily: 'DejaVu Sans' },
      background: '#ffffff',
    }).render();
    expect(darkPixels(own.pixels)).toBeGreaterThan(300);
    // The rasterizer draws the same pixels: nothing of this machine's fonts is in them.
    const png = (await openRasterizer())(svg, 96);
    const shown = new Resvg(
      `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60"><image width="200" height="60" href="data:image/png;base64,${Buffer.from(png).toString('base64')}"/></svg>`,
      { font: { loadSystemFonts: false } },
    ).render();
    expect(Buffer.from(shown.pixels).equals(Buffer.from(own.pixels))).toBe(true);
  });

  test.each([96, 150, 300, 600])(
    'at %i dpi has the size in inches of the SVG, and says so',
    async (dpi) => {
      const png = readPng((await openRasterizer())(svg, dpi));
      expect([png.width, png.height]).toEqual([
        Math.round((200 * dpi) / 96),
        Math.round((60 * dpi) / 96),
      ]);
      expect(png.density).toBe(Math.round(dpi / 0.0254));
    },
  );

  test('more pixels than fit into memory are refused', async () => {
    const rasterize = await openRasterizer();
    const large = svg.replace('width="200" height="60"', 'width="2000" height="9000"');
    expect(() => rasterize(large, 1200)).toThrow(/expected at most 357/);
  });

  test('letters of other scripts are looked for among the fonts of the machine', async () => {
    const far = svg.replace('Neurons #', '海馬');
    expect((await openRasterizer())(far, 96).length).toBeGreaterThan(100);
  });
});
