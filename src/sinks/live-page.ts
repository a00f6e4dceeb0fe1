import { defineSink, type OpenSink, type SinkContext } from '../define.ts';
import { createAudience } from '../live-page/audience.ts';
import { createFeed } from '../live-page/feed.ts';
import { openServerPackages, readChartLibrary } from '../live-page/packages.ts';
import { renderLivePage } from '../live-page/page.ts';
import { startServer } from '../live-page/server.ts';
import { machineClock } from '../model/clock.ts';
import { count, type ParamsOf, seconds, text } from '../params.ts';

const params = {
  port: count({
    default: 8377,
    max: 65_535,
    doc: 'Where the page is served; 0 takes a port that is free.',
  }),
  address: text({
    default: '127.0.0.1',
    expected: 'an address of this machine',
    doc: 'Who can reach the page: others than this machine only by another address, and then only with the token that its URL begins with.',
  }),
  title: text({ default: 'rekindle', doc: 'What the page is called.' }),
  staleAfter: seconds({
    default: 2,
    min: 0.1,
    max: 3600,
    doc: 'After how long a silence the page says so.',
  }),
};
export type LivePageOptions = ParamsOf<typeof params>;

const framesPerSecond = 30;

/**
 * Serves a page that shows the run while it goes on, on this machine alone unless an address is given. Pages never hold the
 * run up: each gets at most 30 frames a second, thinned out, and what it does not take is dropped and counted
 * (`PAGE_DROPPED`). The page ends with the run.
 * @throws ConfigError when packages are missing; SinkError when the address cannot be opened
 */
async function open(
  { port, address, title, staleAfter }: LivePageOptions,
  { status: sources = () => [], report }: SinkContext,
): Promise<OpenSink> {
  const { now } = machineClock;
  const feed = createFeed({ staleAfter, now, sources });
  const audience = createAudience(feed);
  const page = await renderLivePage(title);
  const server = await startServer({ address, port, page, audience });
  const { url } = server;
  report({ level: 'info', code: 'LIVE_PAGE', message: `the page is at ${url}`, data: { url } });
  const timer = setInterval(audience.tick, 1000 / framesPerSecond);
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    audience.dismiss();
    await server.close();
  };
  return {
    chunk: async (wire, chunk) => feed.chunk(wire, chunk),
    value: async (wire, value) => {
      if (value.kind === 'psth') feed.psth(wire, value);
    },
    finish: async () => {
      const nDropped = audience.nDropped();
      if (nDropped === 0) return;
      const message = `${nDropped} points were not sent to pages that did not keep up`;
      report({ level: 'info', code: 'PAGE_DROPPED', message, data: { nDropped } });
    },
    close: stop,
  };
}

export const livePageNode = defineSink({
  op: 'live-page',
  summary: 'Serves a page that shows the run while it goes on.',
  records: ['activation', 'psth', 'triggers', 'spikes'],
  pulls: ['spikes', 'triggers'],
  isBeside: true,
  params,
  prepare: async () => {
    await openServerPackages();
    await readChartLibrary();
  },
  open: (options, context) => open(options, context),
});
