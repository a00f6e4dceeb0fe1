import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  browserMissing,
  launchBrowser,
  nextFrame,
  type OpenedPage,
  openFile,
} from '../support/browser.ts';
import { root } from '../support/cli.ts';
import { hostileSession } from '../support/hostile-session.ts';
import { reportOn, runPipeline, runsFolder } from '../support/report-runs.ts';
import { simulate, simulationFolder } from '../support/simulated.ts';
import { skip } from '../support/small-disk.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const scratch = runsFolder();
const sessions = simulationFolder();
const pages = new Map<string, string>();
const missing = browserMissing();
let browser: Browser;

beforeAll(async () => {
  if (missing !== undefined) return;
  const pipeline = (name: string) => join(root, 'pipelines', `${name}.yaml`);
  const make = async (name: string, file: string, set: readonly string[] = []): Promise<void> => {
    const out = join(scratch, name);
    await runPipeline(pipeline(file), out, set);
    await reportOn(out);
    pages.set(name, join(out, 'report.html'));
  };
  await make('small', 'reactivation');
  await make('cross', 'neuro-py-cross-structural');
  for (const [name, assemblies, seed] of [
    ['none', false, '3'],
    ['one', '1', '4'],
  ] as const) {
    const out = join(sessions, name);
    await simulate({ preset: 'small', assemblies, seed, out });
    await make(name, 'reactivation-tables', [`session=${out}`]);
  }
  await make('hostile', 'reactivation-tables', [
    `session=${hostileSession(join(scratch, 'evil'))}`,
  ]);
  browser = await launchBrowser();
});
afterAll(() => browser?.close());
beforeEach((context) => {
  if (missing !== undefined) skip(context, missing);
});

async function onPage(
  name: string,
  use: (page: Page, opened: OpenedPage) => Promise<void>,
  width = 1280,
): Promise<void> {
  const opened = await openFile(browser, pages.get(name) ?? '', { width });
  try {
    await use(opened.page, opened);
    expect(opened.complaints).toEqual([]);
  } finally {
    await opened.close();
  }
}

/** Different colours of a canvas, to tell a drawing from an empty one. */
function coloursOf(page: Page, canvas: string): Promise<number> {
  return page.locator(canvas).evaluate((node) => {
    const { width, height } = node as HTMLCanvasElement;
    const data = (node as HTMLCanvasElement)
      .getContext('2d')
      ?.getImageData(0, 0, width, height).data;
    return new Set(new Uint32Array(data?.buffer ?? new ArrayBuffer(0))).size;
  });
}

const picture = (page: Page, canvas: string) =>
  page.locator(canvas).evaluate((node) => (node as HTMLCanvasElement).toDataURL());

describe.each([1280, 390])('at %i pixels', (width) => {
  test.each(['small', 'cross', 'one', 'none', 'hostile'])(
    'the page "%s" is drawn, fits and is accessible',
    async (name) => {
      await onPage(
        name,
        async (page) => {
          const fits = await page.evaluate(
            () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
          );
          expect(fits).toBe(true);
          for (const canvas of await page.locator('canvas').all()) {
            const id = await canvas.getAttribute('id');
            expect({ id, nColours: await coloursOf(page, `#${id}`) }).toMatchObject({
              nColours: expect.toSatisfy((n: number) => n > 4),
            });
          }
          const screenshot = await page.screenshot({ fullPage: true });
          expect(screenshot.length).toBeGreaterThan(40_000);
          await page.evaluate(() => {
            for (const details of document.querySelectorAll('details')) details.open = true;
          });
          await page.evaluate(axe);
          const violations = await page.evaluate(async () => {
            const { axe } = globalThis as unknown as {
              axe: {
                run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
              };
            };
            return (await axe.run()).violations.map(({ id, nodes }) => [id, nodes[0]?.html]);
          });
          expect(violations).toEqual([]);
        },
        width,
      );
    },
  );
});

describe('the timeline', () => {
  const view = (page: Page) => page.locator('#view-status').textContent();

  test('zooms by buttons, and back', async () => {
    await onPage('small', async (page) => {
      expect(await view(page)).toBe('Assembly 1, 0:00:00 to 0:10:00: 10 min');
      const whole = await picture(page, '#timeline');
      await page.click('#zoom-in');
      expect(await view(page)).toBe('Assembly 1, 0:02:30 to 0:07:30: 5.001 min');
      await page.click('#pan-right');
      expect(await view(page)).toContain('0:05:00 to 0:10:00');
      await nextFrame(page);
      expect(await picture(page, '#timeline')).not.toBe(whole);
      await page.click('#whole');
      await nextFrame(page);
      expect(await view(page)).toContain('0:00:00 to 0:10:00');
      expect(await picture(page, '#timeline')).toBe(whole);
    });
  });

  test('zooms by the wheel once it has the focus, around the pointer, and lets the page scroll before', async () => {
    await onPage('small', async (page) => {
      const timeline = page.locator('#timeline');
      await timeline.scrollIntoViewIfNeeded();
      await timeline.hover({ position: { x: 600, y: 150 } });
      await page.mouse.wheel(0, -300);
      await page.waitForTimeout(150);
      expect(await view(page)).toContain('0:00:00 to 0:10:00');
      await timeline.focus();
      await timeline.hover({ position: { x: 600, y: 150 } });
      await page.mouse.wheel(0, -600);
      await expect.poll(() => view(page)).not.toContain('0:00:00 to 0:10:00');
      const [, start = '', end = ''] =
        /, 0:(\d\d:\d\d)\S* to 0:(\d\d:\d\d)/.exec((await view(page)) ?? '') ?? [];
      // x = 600 stands for about 5 minutes.
      expect(start < '05:05' && end > '04:55').toBe(true);
    });
  });

  test('zooms into a span that is dragged over, moves with shift', async () => {
    await onPage('small', async (page) => {
      const timeline = page.locator('#timeline');
      await timeline.scrollIntoViewIfNeeded();
      const box = await timeline.boundingBox();
      if (!box) throw new Error('no timeline');
      const drag = async (from: number, to: number): Promise<void> => {
        await page.mouse.move(box.x + from, box.y + 150);
        await page.mouse.down();
        await page.mouse.move(box.x + (from + to) / 2, box.y + 150);
        await page.mouse.move(box.x + to, box.y + 150);
        await page.mouse.up();
      };
      // The plot reaches from 68 to 10 pixels before the right edge.
      const perSecond = (box.width - 78) / 600.0674;
      await drag(68 + 100 * perSecond, 68 + 200 * perSecond);
      expect(await view(page)).toMatch(/0:01:(39|40)\S* to 0:03:(19|20)/);
      await page.keyboard.down('Shift');
      await drag(700, 400);
      await page.keyboard.up('Shift');
      expect(await view(page)).not.toMatch(/0:01:(39|40)/);
      expect(await view(page)).toMatch(/: (99|100)\S* s$/);
    });
  });

  test('is steered by keys', async () => {
    await onPage('small', async (page) => {
      await page.focus('#timeline');
      for (const [key, expected] of [
        ['+', '0:02:30 to 0:07:30'],
        ['ArrowRight', '0:03:00 to 0:08:00'],
        ['Shift+ArrowLeft', '0:00:30 to 0:05:30'],
        ['-', '0:00:00 to 0:10:00'],
        ['ArrowDown', 'Assembly 2'],
        ['ArrowUp', 'Assembly 1'],
        ['n', ': 1 s'],
        ['0', '0:00:00 to 0:10:00'],
      ] as const) {
        await page.keyboard.press(key);
        expect(await view(page)).toContain(expected);
      }
    });
  });

  test('goes to the strongest activations and from event to event', async () => {
    await onPage('small', async (page) => {
      const said = () => page.locator('#target-status').textContent();
      await page.click('#next-target');
      expect(await said()).toMatch(/^Number 1 of the \d+ strongest: /);
      expect(await view(page)).toMatch(/: 1 s$/);
      await page.click('#next-target');
      expect(await said()).toMatch(/^Number 2 of/);
      await page.selectOption('#target', { label: 'post (averaged over, 138)' });
      await page.click('#whole');
      await page.click('#next-target');
      expect(await said()).toBe('Event 1 of 138, post');
      await page.click('#next-target');
      expect(await said()).toBe('Event 2 of 138, post');
      await page.click('#previous-target');
      expect(await said()).toBe('Event 1 of 138, post');
      await page.click('#previous-target');
      expect(await said()).toBe('No further event there');
    });
  });

  test('what is switched off is gone, and takes no room', async () => {
    await onPage('small', async (page) => {
      const height = async () => (await page.locator('#timeline').boundingBox())?.height ?? 0;
      let last = await height();
      for (const name of ['epochs', 'states', 'events', 'spikes']) {
        await page.uncheck(`#show-${name}`);
        await nextFrame(page);
        expect(await height()).toBeLessThan(last);
        last = await height();
      }
      await page.check('#show-spikes');
      await nextFrame(page);
      expect(await height()).toBeGreaterThan(last);
    });
  });

  test('tells what is under the pointer', async () => {
    await onPage('small', async (page) => {
      const timeline = page.locator('#timeline');
      await timeline.hover({ position: { x: 500, y: 150 } });
      const tooltip = page.locator('.tooltip');
      await expect.poll(() => tooltip.isVisible()).toBe(true);
      expect(await tooltip.innerText()).toMatch(/^0:04:0\d\S*\nactivation .*\nmaze, /);
      const { height = 0 } = (await timeline.boundingBox()) ?? {};
      await timeline.hover({ position: { x: 500, y: height - 34 } });
      expect(await tooltip.innerText()).toMatch(/unit \d+, CA1\w*, weight 0\.\d+, \S+ spikes\/s/);
      await page.mouse.move(5, 5);
      await expect.poll(() => tooltip.isVisible()).toBe(false);
    });
  });
});

test('an assembly is chosen by click, by key and from the list, for all plots at once', async () => {
  await onPage('small', async (page) => {
    const chosen = () => page.locator('#assembly').inputValue();
    const title = () => page.locator('#average-title').textContent();
    await page.locator('#overview').click({ position: { x: 400, y: 70 } });
    expect(await chosen()).toBe('0:1');
    await nextFrame(page);
    expect(await title()).toBe('Assembly 2');
    await page.focus('#average-maps');
    await page.keyboard.press('ArrowUp');
    expect(await chosen()).toBe('0:0');
    const first = await picture(page, '#event-raster');
    await page.selectOption('#assembly', '0:1');
    await nextFrame(page);
    expect(await page.locator('#view-status').textContent()).toContain('Assembly 2');
    expect(await picture(page, '#event-raster')).not.toBe(first);
    await page.locator('#average-maps').click({ position: { x: 100, y: 40 } });
    await nextFrame(page);
    expect(await title()).toBe('Assembly 1');
  });
});

test('the other projection has its own assemblies', async () => {
  await onPage('cross', async (page) => {
    const before = await picture(page, '#overview');
    await page.selectOption('#assembly', { label: 'crossActivity 1' });
    await nextFrame(page);
    expect(await picture(page, '#overview')).not.toBe(before);
    expect(await page.locator('#average-title').textContent()).toBe('Assembly 1 (crossActivity)');
    expect(await page.locator('#view-status').textContent()).toMatch(
      /^Assembly 1 \(crossActivity\)/,
    );
  });
});

test('the spikes around events follow the choice', async () => {
  await onPage('small', async (page) => {
    const said = () => page.locator('#raster-status').textContent();
    expect(await said()).toBe('Assembly 1, 6 members: spikes around 138 of 138 events of post');
    await page.selectOption('#raster-events', 'peaks');
    await nextFrame(page);
    expect(await said()).toMatch(/spikes around 40 of 40 strongest activations/);
  });
});

test('the colour scale can be changed, and put back', async () => {
  await onPage('small', async (page) => {
    const usual = await picture(page, '#average-maps');
    await page.fill('#scale-high', '20');
    await nextFrame(page);
    const wide = await picture(page, '#average-maps');
    expect(wide).not.toBe(usual);
    await page.click('#scale-fit');
    expect(Number(await page.inputValue('#scale-high'))).toBeGreaterThan(15);
    await page.click('#scale-reset');
    await nextFrame(page);
    expect(await page.inputValue('#difference-high')).toBe('5');
    expect(await picture(page, '#average-maps')).toBe(usual);
  });
});

test('averages tell their values under the pointer', async () => {
  await onPage('small', async (page) => {
    const tooltip = page.locator('.tooltip');
    await page.locator('#average-maps').hover({ position: { x: 100, y: 40 } });
    expect(await tooltip.innerText()).toMatch(/^pre, n = 105\nassembly 1, −0\.\d+ s\n−?\d/);
    await page.locator('#average-lines').hover({ position: { x: 600, y: 150 } });
    expect(await tooltip.innerText()).toMatch(/pre: .* ± .*, n = \d+\ntask: .*\npost: /);
  });
});

test('weights name the unit, its region and its weight, as stems and as a heat map', async () => {
  await onPage('small', async (page) => {
    const tooltip = page.locator('.tooltip');
    const stems = page.locator('#weights-0-0 [data-member="true"]');
    for (const index of [0, 3, 7]) {
      const stem = stems.nth(index);
      const of = (name: string) => stem.getAttribute(`data-${name}`);
      await stem.locator('circle').hover({ force: true });
      const weight = String(Number(Number(await of('weight')).toPrecision(4))).replace('-', '−');
      const assembly = index < 6 ? 1 : 2;
      expect(await tooltip.innerText()).toBe(
        `unit ${await of('unit')}, ${await of('region')}\nweight ${weight} in assembly ${assembly}`,
      );
    }
    expect(await page.locator('#weights-0-1').isVisible()).toBe(false);
    await page.getByRole('radio', { name: 'heat map' }).check();
    expect(await page.locator('#weights-0-0').isVisible()).toBe(false);
    const map = page.locator('#weights-0-1 image').first();
    await map.hover({ position: { x: 5, y: 3 }, force: true });
    expect(await tooltip.innerText()).toMatch(/^unit \d+, CA1\w*\nweight −?0?\S* in assembly 1$/);
  });
});

test('text of the data that holds markup is shown as text and does nothing', async () => {
  await onPage('hostile', async (page) => {
    let isAlerted = false;
    page.on('dialog', async (dialog) => {
      isAlerted = true;
      await dialog.dismiss();
    });
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(2);
    expect(await page.locator('#session').innerText()).toContain(
      'CA1 <img src=x onerror=alert(1)>',
    );
    await page.locator('#weights-0-0 [data-member="true"] circle').first().hover({ force: true });
    expect(await page.locator('.tooltip').innerText()).toContain(
      'CA1 <img src=x onerror=alert(1)>',
    );
    await page.selectOption('#target', { index: 4 });
    await page.waitForTimeout(100);
    expect(isAlerted).toBe(false);
  });
});

test('the focus can be seen, and everything is reached by tab', async () => {
  await onPage('small', async (page) => {
    const reached = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const { id, outline } = await page.evaluate(() => {
        const { activeElement } = document;
        const { outlineStyle, outlineWidth } = getComputedStyle(activeElement ?? document.body);
        return { id: activeElement?.id ?? '', outline: `${outlineStyle} ${outlineWidth}` };
      });
      if (id) {
        reached.add(id);
        expect({ id, outline }).toEqual({ id, outline: 'solid 3px' });
      }
    }
    for (const id of [
      'overview',
      'timeline',
      'zoom-in',
      'target',
      'show-epochs',
      'average-maps',
      'scale-low',
      'assembly',
    ]) {
      expect(reached).toContain(id);
    }
  });
});

test('on paper there are the plots and no buttons', async () => {
  await onPage('small', async (page) => {
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#zoom-in').isVisible()).toBe(false);
    expect(await page.locator('.bar').isVisible()).toBe(false);
    expect(await page.locator('#timeline').isVisible()).toBe(true);
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.length).toBeGreaterThan(50_000);
  });
});
