import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { livePageNode } from '../../src/sinks/live-page.ts';
import { activationBins, averageOf, feedPage, servePage, wires } from '../support/live-page.ts';

/** A request with headers as they are given: `fetch` would not let some of them be chosen. */
function ask(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { headers }, resolve).on('error', reject);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += String(piece);
  return text;
}

test('the page is one text that a browser may run, and nothing else may', async () => {
  const { url } = await servePage({ title: 'rat <b>12</b>' });
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const response = await ask(url);
  const page = await textOf(response);
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']).toContain('text/html');
  expect(response.headers['access-control-allow-origin']).toBeUndefined();
  const policy = response.headers['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(page).toContain('rat &lt;b&gt;12&lt;/b&gt;');
  expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
});

test('events are those of the run, and end with it', async () => {
  const served = await servePage();
  const response = await ask(`${served.url}events`);
  expect(response.headers['content-type']).toBe('text/event-stream');
  const all = textOf(response);
  await served.sink.chunk(wires.activity, activationBins(0, 5, 2));
  await served.sink.value(wires.average, averageOf(1, 2));
  await new Promise((resolve) => setTimeout(resolve, 200));
  await served.end();
  const frames = (await all)
    .split('\n\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text.replace(/^data: /, '')) as Record<string, unknown>);
  expect(frames[0]).toMatchObject({ isStart: true });
  expect(frames.flatMap(({ traces }) => traces)).toMatchObject([{ node: 'activity' }]);
  expect(frames.flatMap(({ psths }) => psths)).toMatchObject([{ node: 'ripples', nUsed: 1 }]);
  expect(frames.at(-1)).toMatchObject({ status: { state: 'ended' } });
  await expect(ask(served.url)).rejects.toThrow();
});

test('other hosts and origins are refused, by page and events alike', async () => {
  const { url } = await servePage();
  const { port } = new URL(url);
  for (const path of ['', 'events']) {
    const others: Record<string, string>[] = [
      { host: `evil.example:${port}` },
      { origin: 'http://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of others) {
      const response = await ask(`${url}${path}`, headers);
      expect([response.statusCode, await textOf(response)]).toEqual([
        403,
        expect.stringContaining('refused'),
      ]);
    }
  }
});

test('beyond loopback the address needs its token', async () => {
  const { url } = await servePage({ address: '0.0.0.0' });
  expect(url).toMatch(/^http:\/\/0\.0\.0\.0:\d+\/[\w-]{24}\/$/);
  const { port, pathname } = new URL(url);
  const within = `http://127.0.0.1:${port}`;
  expect((await ask(within)).statusCode).toBe(403);
  expect((await ask(`${within}/events`)).statusCode).toBe(403);
  const page = await ask(`${within}${pathname}`);
  expect(page.statusCode).toBe(200);
  page.resume();
});

test('a port in use is an error that says how to go on', async () => {
  const { url } = await servePage();
  const { port } = new URL(url);
  await expect(servePage({ port: Number(port) })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    where: `127.0.0.1:${port}`,
    exitCode: 5,
    hint: expect.stringContaining('port'),
  });
  await expect(servePage({ address: '203.0.113.1' })).rejects.toMatchObject({
    code: 'PAGE_ADDRESS',
  });
});

test('no more pages than it can serve', async () => {
  const { url } = await servePage();
  const responses: IncomingMessage[] = [];
  onTestFinished(() => {
    for (const response of responses) response.destroy();
  });
  for (let i = 0; i < 16; i++) responses.push(await ask(`${url}events`));
  expect((await ask(`${url}events`)).statusCode).toBe(503);
  responses[0]?.destroy();
  await expect
    .poll(async () => (await ask(`${url}events`)).statusCode, { timeout: 60_000 })
    .toBe(200);
});

test('a page that never reads does not hold the run up, nor grow it, nor keep it from ending', async () => {
  const served = await servePage();
  const { port } = new URL(served.url);
  const socket = connect(Number(port), '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  socket.on('error', () => {});
  socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  // Not one byte is read; some megabytes of 200 assemblies at a hundred times real time fill its buffers in seconds.
  socket.pause();
  const stop = feedPage(served, { speed: 100, nAssemblies: 200 });
  const memory = async (): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 4000));
    globalThis.gc?.();
    return process.memoryUsage().arrayBuffers + process.memoryUsage().external;
  };
  const early = await memory();
  const late = await memory();
  expect(late - early).toBeLessThan(8 * 2 ** 20);
  stop();
  await served.end();
  expect(served.codes()).toContain('PAGE_DROPPED');
});

test('is beside the files of a run, and pulls the spikes of a live source', () => {
  expect(livePageNode).toMatchObject({ isBeside: true, pulls: ['spikes', 'triggers'] });
});
