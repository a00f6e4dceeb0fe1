import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { browserMissing, launchBrowser } from '../support/browser.ts';
import { feedPage, servePage, wires } from '../support/live-page.ts';

const missing = browserMissing();
if (missing) console.warn(missing);

/** Opens a page and collects what it complains of: errors of scripts, console and policy, and requests elsewhere. */
async function look(browser: Browser, url: string, width: number) {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
  page.on('request', (request) => {
    const asked = request.url();
    if (!asked.startsWith(url) && !asked.startsWith('data:')) complaints.push(`asked for ${asked}`);
  });
  await page.goto(url);
  await page.waitForSelector('html[data-drawn]');
  return { page, complaints };
}

/** What holds sooner or later. */
const eventually = <T>(found: () => T | Promise<T>) => expect.poll(found, { timeout: 60_000 });

const factOf = (page: Page, name: string): Promise<string> =>
  page
    .locator('#facts div', { has: page.getByText(name, { exact: true }) })
    .locator('dd')
    .innerText();

const drawn = (page: Page): Promise<number> =>
  page.evaluate(() => Number(document.documentElement.dataset.drawn));

describe.skipIf(missing !== undefined)('the page in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  test.each([1280, 390])('shows a run while it goes on, %i pixels wide', async (width) => {
    const counts = { late: 2, dropped: 1, gaps: 0 };
    const status = { state: 'running', watermark: 12.5, queued: 3, counts } as const;
    const served = await servePage({ staleAfter: 1 }, () => [
      { node: 'rig', status, latency: 0.0021 },
    ]);
    const stop = feedPage(served);
    const { page, complaints } = await look(browser, served.url, width);
    await eventually(() => page.locator('#psths canvas').count()).toBe(1);
    await eventually(() => page.locator('#rates canvas').count()).toBe(1);
    await page.waitForFunction(() => document.querySelectorAll('#triggers li').length >= 2);
    await eventually(() => page.locator('#state').getAttribute('data-state')).toBe('running');
    expect(await factOf(page, 'latency')).toBe('2.1 ms');
    expect(await factOf(page, 'spikes queued')).toBe('3');
    expect([await factOf(page, 'late'), await factOf(page, 'dropped')]).toEqual(['2', '1']);
    expect(await page.locator('#sources').innerText()).toMatch(
      /rig\s+running\s+12\.500\s+3\s+2\s+1/,
    );
    expect(await page.locator('#rates-hint').innerText()).toMatch(/^150 units, 1[345]\d\d spikes/);
    // Traces move: their last point follows the recording.
    const last = () => page.locator('[data-last]').getAttribute('data-last').then(Number);
    const before = await last();
    await eventually(last).toBeGreaterThan(before + 0.5);
    // Nothing is wider than the screen.
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
    const shots = process.env.LIVE_PAGE_SHOTS;
    if (shots) {
      await page.waitForTimeout(8000);
      await page.screenshot({ path: `${shots}/live-${width}.png`, fullPage: true });
    }
    // The source stops: the page says so, and that it goes on.
    stop();
    await eventually(() => page.locator('#state').getAttribute('data-state')).toBe('stale');
    expect(await page.locator('#state').innerText()).toMatch(/^stale nothing comes .*since [1-9]/);
    if (shots) await page.screenshot({ path: `${shots}/stale-${width}.png` });
    feedPage(served);
    await eventually(() => page.locator('#state').getAttribute('data-state')).toBe('running');
    // The run ends: the page stays as it is and asks for nothing more.
    await served.end();
    await eventually(() => page.locator('#state').getAttribute('data-state')).toBe('ended');
    expect(complaints).toEqual([]);
  });

  test('draws 20 assemblies as often as they come', async () => {
    const served = await servePage();
    feedPage(served);
    const { page } = await look(browser, served.url, 1280);
    await page.waitForFunction(() => {
      const shown = document.querySelector('[data-points]');
      return shown instanceof HTMLElement && Number(shown.dataset.points) >= 1000;
    });
    const [from, to] = await page.evaluate(async () => {
      const before = Number(document.documentElement.dataset.drawn);
      await new Promise((resolve) => setTimeout(resolve, 3000));
      return [before, Number(document.documentElement.dataset.drawn)];
    });
    console.info(`${((to - from) / 3).toFixed(1)} frames a second`);
    expect(to).toBeGreaterThan(from);
    // All that came was shown.
    expect(await factOf(page, 'points not shown')).toBe('0');
  });

  test('a page of another site can neither read nor frame it', async () => {
    const { url } = await servePage();
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    // A document without a policy of its own, of another origin.
    await page.goto('about:blank');
    const read = await page.evaluate(async (of) => {
      const fetched = await fetch(of).then(
        (response) => `read ${response.status}`,
        () => 'refused',
      );
      const followed = await new Promise((resolve) => {
        const events = new EventSource(`${of}events`);
        events.onmessage = () => resolve('read');
        events.onerror = () => resolve('refused');
      });
      const frame = document.createElement('iframe');
      const loaded = new Promise((resolve) => {
        frame.onload = resolve;
      });
      frame.src = of;
      document.body.append(frame);
      await loaded;
      return [fetched, followed];
    }, url);
    expect(read).toEqual(['refused', 'refused']);
    const framed = await page.frames()[1]?.evaluate(() => document.body.innerText);
    expect(framed).not.toContain('a sleeping animal');
  });

  test('a name that is made to lead here is refused', async () => {
    const { url } = await servePage();
    const rebound = await launchBrowser(['--host-resolver-rules=MAP evil.example 127.0.0.1']);
    onTestFinished(() => rebound.close());
    const page = await rebound.newPage();
    const response = await page.goto(url.replace('127.0.0.1', 'evil.example'));
    expect(response?.status()).toBe(403);
    expect(await page.innerText('body')).toContain('refused: another host name');
    // The same browser is let in by the address itself.
    expect((await page.goto(url))?.status()).toBe(200);
  });

  test('comes back to a run after it was away, with nothing twice', async () => {
    const served = await servePage({ staleAfter: 60 });
    feedPage(served, { nAssemblies: 3 });
    const { page } = await look(browser, served.url, 800);
    await page.context().setOffline(true);
    await page.reload({ timeout: 1 }).catch(() => {});
    await page.context().setOffline(false);
    await page.goto(served.url);
    await page.waitForSelector('html[data-drawn]');
    const first = await drawn(page);
    await eventually(() => drawn(page)).toBeGreaterThan(first);
    expect(await page.locator('#traces .plot').count()).toBe(1);
    void served.sink.chunk(wires.crossings, { kind: 'trigger', time: 0, line: 4, isOn: true });
    await page.waitForFunction(() => document.body.innerText.includes('high: line 4 on'));
  });
});
