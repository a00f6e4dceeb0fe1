import type { RunResults } from '../results/run-results.ts';
import { version } from '../version.ts';
import { openFigures } from './figures.ts';
import type { SeenActivation } from './follow-run.ts';
import { gatherPage } from './gather.ts';
import { html } from './html.ts';
import { renderPage } from './page/page.ts';
import { clientScript } from './page/script.ts';
import type { ReopenRecording } from './recording.ts';
import { acrossSection } from './sections/across.ts';
import { activationSection } from './sections/activation.ts';
import { detectionSection } from './sections/detection.ts';
import { eventsSection } from './sections/events.ts';
import { assemblyChooser, reportHeader } from './sections/header.ts';
import { provenanceSection } from './sections/provenance.ts';
import { sessionSection } from './sections/session.ts';
import { weightsSection } from './sections/weights.ts';

/** What a page should not exceed, unless its figures alone do. */
const maxBytes = 4.8e6;

export interface Report {
  /** One page of HTML that needs no other file, in UTF-8: parts of it, one behind the other. */
  readonly page: readonly Uint8Array[];
  /** What the page lacks, and why: one sentence each. */
  readonly leftOut: readonly string[];
}

/**
 * Makes the page that shows a run. Activation goes in at a coarser resolution the longer the recording is, so that the page
 * stays within some megabytes. Memory: a row group of the run, a chunk of its recording, and some multiple of the page.
 * @param reopen opens the recording again, for the spikes
 * @param seen of a run that has just ended: the files that hold it are not read again, and the page is the same
 * @throws ConfigError FIGURES_NOT_INSTALLED; InputError when a file of the run is damaged
 */
export async function makeReport(
  results: RunResults,
  reopen: ReopenRecording,
  seen?: SeenActivation,
): Promise<Report> {
  const { run } = results;
  const context = { results, draw: await openFigures(results) };
  const before = [
    await sessionSection(context),
    await detectionSection(context),
    await weightsSection(context),
  ];
  const across = await acrossSection(context);
  const after = [
    await eventsSection(context),
    ...(across ? [across] : []),
    await provenanceSection(context),
  ];
  const script = await clientScript();
  const used = [...before, ...after].reduce((sum, { body }) => sum + body.text.length, 0);
  const left = maxBytes - used - script.length;
  const gathered = await gatherPage(results, reopen, left, seen);
  const parts = {
    title: `${run.name}, rekindle report`,
    header: reportHeader(run, gathered.data),
    chooser: assemblyChooser(gathered.data),
    sections: [...before, activationSection(gathered), ...after],
    footer: html`<p>Made by rekindle ${version}. This file needs no network; it holds all that it shows.</p>`,
    data: gathered.data,
    script,
  };
  const encoder = new TextEncoder();
  const page = renderPage(parts, version).map((text) => encoder.encode(text));
  return { page, leftOut: gathered.leftOut };
}
