import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium, howToInstall } from '../../scripts/find-chromium.mjs';

/** Why there is no browser to test with; undefined where there is one. */
export function browserMissing(): string | undefined {
  return findChromium() === undefined ? `no Chromium here: ${howToInstall}` : undefined;
}

export async function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(browserMissing());
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...args] });
}

/** A page that was opened from disk, and what it complained of. */
export interface OpenedPage {
  readonly page: Page;
  /** Errors of scripts, of the console and of the content security policy, and requests for anything but the file. */
  readonly complaints: string[];
  readonly close: () => Promise<void>;
}

/** Waits until what was changed is drawn: plots are drawn once per frame. */
export async function nextFrame(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

/** Opens a file in a browser that has no network, and waits until its script has drawn. */
export async function openFile(
  browser: Browser,
  path: string,
  { width = 1280, height = 900 }: { width?: number; height?: number } = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ offline: true, viewport: { width, height } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
  const url = pathToFileURL(path).href;
  page.on('request', (request) => {
    const isOwn = request.url().split('#')[0] === url || request.url().startsWith('data:');
    if (!isOwn) complaints.push(`request for ${request.url()}`);
  });
  await page.goto(url);
  await page.waitForSelector('html[data-ready]');
  await nextFrame(page);
  return { page, complaints, close: () => context.close() };
}
