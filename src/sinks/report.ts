import { defineSink, type SinkNode, type SourceNode } from '../define.ts';
import { ConfigError } from '../errors.ts';
import { openCanvas } from '../figures/canvas.ts';
import { choice } from '../params.ts';
import { openResults } from '../results/run-results.ts';

/** The name of the page in the run's folder. */
export const reportName = 'report.html';

const params = {
  packages: choice({
    of: ['required', 'optional'],
    default: 'required',
    doc: 'Without the packages that draw figures the run fails before it begins, or goes on without the page and says so.',
  }),
};

/**
 * The sink that makes the run's page. It reads the run's files when they are all written, and its recording once more for
 * the spikes, by the sources that are given.
 */
export function reportSink(sources: readonly SourceNode[]): SinkNode {
  const nothing = async (): Promise<void> => {};
  return defineSink({
    op: 'report',
    summary: `Makes ${reportName}, a page to look at the results with and to send to others.`,
    records: [],
    isMadeOfResults: true,
    params,
    prepare: async ({ packages }) => {
      if (packages === 'required') await openCanvas();
    },
    open: async (_options, { folder, report }) => ({
      chunk: nothing,
      value: nothing,
      finish: nothing,
      conclude: async ({ summary, results: files }) => {
        const missing = await missingPackages();
        if (missing) {
          const message = `no ${reportName}: ${missing.detail} (${missing.hint})`;
          report({ level: 'warning', code: missing.code, message });
          return;
        }
        const { reopenWith } = await import('../report/recording.ts');
        const { makeReport } = await import('../report/report.ts');
        const results = await openResults(files, summary);
        const { page, leftOut } = await makeReport(results, reopenWith(sources));
        for (const message of leftOut) report({ level: 'info', code: 'REPORT_LEFT_OUT', message });
        const file = await folder.create(reportName);
        await file.write(new TextEncoder().encode(page));
        await file.close();
      },
    }),
  });
}

/** What is missing to draw figures; undefined where nothing is. */
async function missingPackages(): Promise<ConfigError | undefined> {
  try {
    await openCanvas();
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}
