import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { soundPipeline } from '../support/pipeline.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const everyOption = `version: 1
name: every-option
description: >
  All options of the main nodes, written out.
parameters:
  session: { type: path, default: ../data-samples/sim_small_11, doc: 'A folder' }
  width: { type: seconds, default: 0.05 }
  around: { type: window, default: [-0.3, 0.4] }
  regions: { type: labels, default: [CA1, 'CA[23]'] }
  within: { type: epochs, default: '(pre | post) & NREMstate - THETA' }
  threshold: { type: fraction, default: 0.5 }
  start: { type: seed, default: 7 }
nodes:
  recording:
    op: cellexplorer
    path: '\${session}'
    brainRegion: '\${regions}'
    cellType: 'Pyr.*|Int'
    excludeBad: true
    support: spikes
    roles: multitask
    task: 0
    chunkSeconds: 30
  some: { op: epoch-filter, from: recording.spikes, keep: 'epoch[0] | task | "THETA"' }
  counts:
    op: bin
    from: some
    binSize: '\${width}'
    grid: neuro-py
  smoothed: { op: smooth, from: counts, sd: 0.1, across: gaps, truncate: 3 }
  z: { op: zscore, from: smoothed }
  templates: { op: fit-patterns, from: z, method: pca, bound: marchenko-pastur, seed: '\${start}', nAssemblies: 3 }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
  around:
    op: event-align
    inputs:
      activation: activity
      events: recording.ripples
    in: '\${within}'
    at: peak
    membership: start
    convention: exact
    window: '\${around}'
  files: { op: parquet, from: [activity, templates, around], compression: snappy, rowGroupSize: 1000 }
`;

const twoFits = `version: 1
name: two-fits
nodes:
  recording: { op: cellexplorer, path: ../data-samples/sim_small_11 }
  counts: { op: bin, from: recording.spikes, binSize: 0.1 }
  z: { op: zscore, from: counts }
  first: { op: fit-patterns, from: z, method: pca }
  second: { op: fit-patterns, from: z, method: ica, maxIterations: 20, seed: 3 }
  one: { op: project, inputs: { zscored: z, patterns: first } }
  two: { op: project, inputs: { zscored: z, patterns: second } }
`;

const shipped = join(root, 'pipelines');

/** Pipelines without problems, to be spoiled. Bins are wide, so that runs are short. */
export const basePipelines: readonly string[] = [
  ...readdirSync(shipped)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => readFileSync(join(shipped, name), 'utf8')),
  soundPipeline,
  everyOption,
  twoFits,
].map((text) => text.replaceAll('default: 0.01,', 'default: 0.05,').replace('0.01 }', '0.05 }'));
