import { randomBytes } from 'node:crypto';
import type { Server, ServerResponse } from 'node:http';
import { SinkError } from '../errors.ts';
import { admit, type Door, isLoopback } from './access.ts';
import type { Audience } from './audience.ts';
import { openServerPackages } from './packages.ts';
import type { RenderedPage } from './page.ts';

/** Pages that may look at once; each costs a second's worth of frames at most. */
const maxViewers = 16;

export interface ServerOptions {
  readonly address: string;
  /** 0 takes one that is free. */
  readonly port: number;
  readonly page: RenderedPage;
  readonly audience: Audience;
}

export interface RunningServer {
  /** What to open in a browser, the token included where there is one. */
  readonly url: string;
  /** Lets the pages have what is left, for a moment, and closes. */
  readonly close: () => Promise<void>;
}

/**
 * Serves the page and its events. Beyond loopback every path begins with a random token.
 * @throws SinkError when the address cannot be opened; ConfigError when packages are missing
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { address, page, audience } = options;
  const { Hono, streamSSE, createAdaptorServer } = await openServerPackages();
  const token = isLoopback(address) ? undefined : randomBytes(18).toString('base64url');
  let door: Door = { address, port: options.port, token };
  const streams = new Set<Promise<void>>();
  const app = new Hono<{ Bindings: { outgoing: ServerResponse } }>();
  app.all('*', (c) => {
    const header = (name: string): string | undefined => c.req.header(name);
    const answer = admit({ method: c.req.method, path: c.req.path, header }, door);
    for (const [name, value] of page.headers) c.header(name, value);
    if ('refused' in answer) return c.text(`refused: ${answer.why}\n`, answer.refused);
    if (answer.page === 'page') return c.html(page.html);
    if (audience.size() >= maxViewers) return c.text('too many pages look already\n', 503);
    const viewer = audience.join();
    c.env.outgoing.on('close', viewer.leave);
    return streamSSE(c, async (stream) => {
      stream.onAbort(viewer.leave);
      const told = tellAll(viewer.next, (data) => stream.writeSSE({ data }));
      streams.add(told);
      await told.finally(() => streams.delete(told));
      viewer.leave();
    });
  });
  const server = createAdaptorServer({ fetch: app.fetch, hostname: address }) as Server;
  const port = await listen(server, options);
  door = { ...door, port };
  const name = address.includes(':') ? `[${address}]` : address;
  const url = `http://${name}:${port}/${token === undefined ? '' : `${token}/`}`;
  return { url, close: () => close(server, streams) };
}

async function tellAll(
  next: () => Promise<string | undefined>,
  write: (data: string) => Promise<void>,
): Promise<void> {
  for (let data = await next(); data !== undefined; data = await next()) await write(data);
}

function listen(server: Server, { port, address }: ServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException): void => {
      const isTaken = cause.code === 'EADDRINUSE';
      reject(
        new SinkError({
          code: isTaken ? 'PORT_IN_USE' : 'PAGE_ADDRESS',
          where: `${address}:${port}`,
          message: isTaken ? 'another program listens there' : cause.message,
          expected: isTaken ? 'a port that is free' : 'an address of this machine',
          hint: isTaken
            ? 'choose another with port, or 0 for any'
            : 'leave address out for 127.0.0.1',
          cause,
        }),
      );
    };
    server.once('error', refuse);
    server.listen(port, address, () => {
      server.off('error', refuse);
      // A visitor who cannot be let in is no reason to end a run.
      server.on('error', () => {});
      const bound = server.address();
      resolve(typeof bound === 'object' && bound ? bound.port : port);
    });
  });
}

/** A page that does not read must not hold the run up. */
const farewell = 300;

async function close(server: Server, streams: ReadonlySet<Promise<void>>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, farewell);
  });
  await Promise.race([Promise.allSettled(streams), patience]);
  clearTimeout(timer);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // What was written last may still be on its way to pages that do read.
  const cut = setTimeout(() => server.closeAllConnections(), farewell);
  server.closeIdleConnections();
  await closed;
  clearTimeout(cut);
}
