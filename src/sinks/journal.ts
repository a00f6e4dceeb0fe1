import { defineSink } from '../define.ts';
import { flag, type ParamsOf, seconds, tuning } from '../params.ts';

const params = {
  flushSeconds: tuning(
    seconds({
      min: 0.05,
      max: 60,
      default: 0.5,
      doc: 'How often what has come is written: at most so much is lost when the process is killed.',
    }),
  ),
  recording: flag({
    default: true,
    doc: 'Whether the spikes and events of live sources are recorded too, as a folder of tables.',
  }),
};
export type JournalOptions = ParamsOf<typeof params>;

export const journalNode = defineSink({
  op: 'journal',
  summary: 'Keeps what a live run has seen and found safe from a crash, and records it as tables.',
  records: ['activation', 'spikes', 'triggers'],
  pulls: ['spikes', 'triggers'],
  isBeside: true,
  params,
  open: async (options, context) => {
    // Loaded on demand: Arrow is large, and few runs are live.
    const { openJournals } = await import('./journals.ts');
    return openJournals(options, context);
  },
});
