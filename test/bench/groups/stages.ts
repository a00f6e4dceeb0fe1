import type { Figure, Group } from '../figure.ts';
import { binSizes, mainFolders, mainSession } from './sessions.ts';

const once = [
  { name: 'load', stage: 'load', says: 'Opening a CellExplorer session, spikes merged.' },
  { name: 'fit', stage: 'fit', says: 'Patterns of the task: covariance, eigenvalues, ICA.' },
];
const perBinSize = [
  { stage: 'bin', says: 'Spikes to counts.' },
  { stage: 'smooth', says: 'Counts to smoothed counts.' },
  { stage: 'moments', says: 'Mean and SD of smoothed counts.' },
  { stage: 'project', says: 'Smoothed counts to activation.' },
  { stage: 'align', says: 'Activation to averages around ripples, three of them.' },
];

export const stages: Group = {
  name: 'stages',
  says: 'Each stage alone; the clock stands while its input is made. Parquet is parquet-alone.',
  figures: ({ isQuick }) => {
    const folders = mainFolders(isQuick);
    const data = [mainSession(isQuick)];
    const figure = (name: string, stage: string, says: string, binSize: number): Figure => ({
      name,
      says,
      work: { probe: 'stages', options: { stage, ...folders, binSize } },
      data,
    });
    return [
      ...once.map(({ name, stage, says }) => figure(name, stage, says, 0.025)),
      ...binSizes.flatMap(({ ms, binSize }) =>
        perBinSize.map(({ stage, says }) =>
          figure(`${stage}-${ms}`, stage, `${says.slice(0, -1)}, bins of ${ms}.`, binSize),
        ),
      ),
    ];
  },
};
