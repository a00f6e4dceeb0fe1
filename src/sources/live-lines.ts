import { defineSource, type OpenSource, type SourceContext } from '../define.ts';
import { InputError, PipelineError } from '../errors.ts';
import { LiveFeed } from '../live/live-feed.ts';
import { machineClock } from '../model/clock.ts';
import { silent } from '../model/report.ts';
import { check, choice, flag, type OptionsOf, optional, path } from '../params.ts';
import { growingFile, standardInput } from './growing-bytes.ts';
import { timelineOptions, timelineParams } from './live-params.ts';
import { type LiveRow, readArrowRows, readJsonRows } from './live-rows.ts';
import { findLiveUnits, liveUnitParams } from './live-units.ts';
import { tellBreaks } from './tell-breaks.ts';

const params = {
  path: optional(
    path({ doc: 'A file that another program appends to; standard input without it.' }),
  ),
  format: choice({
    of: ['json', 'arrow'],
    default: 'json',
    doc: 'A line of JSON for each spike or event; or an Arrow IPC stream with the columns time and unit_id.',
  }),
  follow: flag({ default: true, doc: 'Whether more may come behind the end of the file.' }),
  ...liveUnitParams,
  ...timelineParams,
};
export type LiveLinesOptions = OptionsOf<typeof params>;

/**
 * Spikes that any other program writes while it runs: to standard input, until that ends, or to a growing file. A line is
 * `{"time": 1.25, "unit": 7}`; one without a unit moves the clock alone, and one with `"event": true`, or with a `line`
 * and a `state`, is an event. Order, silence and gaps are as `Timeline` has them. `status` counts as `live-open-ephys`
 * does; `garbage` are lines that cannot be understood.
 * @throws ConfigError for options that do not go together
 * @throws InputError while it is read: FILE_UNREADABLE, LIVE_FILE_CUT, LIVE_DAMAGED, LIVE_QUEUE_FULL
 */
export async function openLiveLines(
  options: LiveLinesOptions,
  context: Partial<SourceContext> = {},
): Promise<OpenSource> {
  const settings = check(params, options);
  const { report = silent, clock = machineClock } = context;
  const units = await findLiveUnits(settings, report);
  const nUnits = units.table.kept.length;
  const onBreak = tellBreaks(report);
  const feed = new LiveFeed({ ...timelineOptions(settings), nUnits, clock, onBreak });
  const bytes =
    settings.path === undefined
      ? standardInput()
      : growingFile(settings.path, settings.follow, clock);
  const counts = { garbage: 0, unmapped: 0 };

  function take(row: LiveRow | undefined): void {
    if (row === undefined) {
      counts.garbage++;
      return;
    }
    const { time, unit, electrode, event } = row;
    if (event) feed.trigger({ kind: 'trigger', time, ...event });
    else if (unit === undefined) feed.accept(time);
    else {
      const index = units.indexOf(electrode, unit);
      if (index === undefined) counts.unmapped++;
      feed.accept(time, index);
    }
  }
  const where = settings.path ?? 'standard input';
  const receive = async (): Promise<void> => {
    const read = settings.format === 'json' ? readJsonRows : readArrowRows;
    for await (const rows of read(bytes.pieces)) {
      for (const row of rows) take(row);
      feed.wake();
    }
    feed.stop();
  };
  receive().catch((error: unknown) => {
    feed.fail(error instanceof PipelineError ? error : damaged(where, error));
  });
  const stop = (): void => {
    feed.stop();
    bytes.stop();
  };
  return {
    values: { units: units.table },
    streams: { spikes: () => feed.chunks(), triggers: () => feed.triggers() },
    digests: units.digests,
    paths: [where, ...units.paths],
    span: undefined,
    stop,
    status: () => ({
      state: feed.state,
      watermark: feed.timeline.watermark,
      queued: feed.timeline.queued,
      counts: { ...feed.timeline.counts, ...counts, droppedTriggers: feed.droppedTriggers },
    }),
    arrived: () => feed.arrived,
    close: async () => stop(),
  };
}

function damaged(where: string, cause: unknown): InputError {
  const found = cause instanceof Error ? cause.message : String(cause);
  return new InputError({
    code: 'LIVE_DAMAGED',
    where,
    found,
    expected: 'an Arrow IPC stream',
    cause,
  });
}

export const liveLinesNode = defineSource({
  op: 'live-lines',
  summary: 'Spikes that any other program writes while it runs, as lines of JSON or as Arrow.',
  outputs: { spikes: 'spikes', triggers: 'triggers', units: 'units' },
  params,
  isLive: true,
  open: (options, context) => openLiveLines(options, context),
});
