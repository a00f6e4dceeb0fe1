import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ConfigError } from '../errors.ts';

/** What `npm install` has to be told, for the page. */
export const pagePackages: readonly string[] = [
  'hono@4.13.19',
  '@hono/node-server@2.1.8',
  'uplot@1.6.32',
];

/** The chart library as a page takes it in. */
export interface ChartLibrary {
  readonly script: string;
  readonly style: string;
}

/** @throws ConfigError when the packages of the page are not installed */
export async function openServerPackages() {
  return installed(async () => {
    const { Hono } = await import('hono');
    const { streamSSE } = await import('hono/streaming');
    const { createAdaptorServer } = await import('@hono/node-server');
    return { Hono, streamSSE, createAdaptorServer };
  });
}

/** @throws ConfigError when the packages of the page are not installed */
export async function readChartLibrary(): Promise<ChartLibrary> {
  return installed(async () => {
    const { resolve } = createRequire(import.meta.url);
    const script = await readFile(resolve('uplot/dist/uPlot.iife.min.js'), 'utf8');
    const style = await readFile(resolve('uplot/dist/uPlot.min.css'), 'utf8');
    return { script, style };
  });
}

async function installed<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new ConfigError({
      code: 'PAGE_NOT_INSTALLED',
      message: 'the page needs packages that are not installed',
      hint: `npm install ${pagePackages.join(' ')}`,
      cause,
    });
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}
