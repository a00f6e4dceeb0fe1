import { defineSink, type SinkNode, type SourceNode } from '../define.ts';
import { ConfigError } from '../errors.ts';
import { openCanvas } from '../figures/canvas.ts';
import { choice } from '../params.ts';
import { followRun } from '../report/follow-run.ts';

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
 * The sink that makes the run's page when all files are written: of those, of the activation that it saw as it was recorded,
 * and of the spikes of its recording, which it reads once more. Only files of the sources that are given can be read again,
 * so of others it shows no spikes. Of a live run it reads all from the files.
 */
export function reportSink(sources: readonly SourceNode[]): SinkNode {
  const nothing = async (): Promise<void> => {};
  return defineSink({
    op: 'report',
    summary: `Makes ${reportName}, a page to look at the results with and to send to others.`,
    records: [],
    isMadeOfResults: true,
    follows: ['activation'],
    params,
    prepare: async ({ packages }) => {
      if (packages === 'required') await openCanvas();
    },
    open: async (_options, context) => {
      const { folder, report } = context;
      const follower = followRun(context);
      let tools: ReturnType<typeof openTools> | undefined;
      return {
        chunk: async (wire, chunk) => {
          // Loaded while other threads are at work on what is recorded.
          if (!tools) {
            tools = openTools();
            // The last step awaits it, and is told.
            tools.catch(() => undefined);
          }
          if (chunk.kind === 'activation') follower.add(wire, chunk);
        },
        value: nothing,
        finish: nothing,
        conclude: async ({ summary, results: files, sources: opened }) => {
          const { missing, openResults, makeReport, stillOpen } = await (tools ?? openTools());
          if (missing) {
            const message = `no ${reportName}: ${missing.detail} (${missing.hint})`;
            report({ level: 'warning', code: missing.code, message });
            return;
          }
          const results = await openResults(files, summary);
          const reopen = stillOpen(sources, opened);
          const { page, leftOut } = await makeReport(results, reopen, follower.seen());
          for (const message of leftOut)
            report({ level: 'info', code: 'REPORT_LEFT_OUT', message });
          const file = await folder.create(reportName);
          for (const part of page) await file.write(part);
          await file.close();
        },
      };
    },
  });
}

/** What a page is made with. */
async function openTools() {
  const missing = await missingPackages();
  const { openResults } = await import('../results/run-results.ts');
  const { stillOpen } = await import('../report/recording.ts');
  const { makeReport } = await import('../report/report.ts');
  return { missing, openResults, stillOpen, makeReport };
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
