import { type DataSpec, sessionFolder } from '../data.ts';
import type { Figure, Group } from '../figure.ts';
import { mebibyte } from './sessions.ts';

const rig = { nUnits: 150, nAssemblies: 20, binSize: 0.01, spikesPerSecond: 1500 };

export const live: Group = {
  name: 'live',
  says: 'A rig in a second process over loopback ZeroMQ: from the message that lets a row close to a sink that sees it.',
  figures: ({ isQuick }) => {
    const recording: DataSpec = { preset: 'full', format: 'tables' };
    const hours = isQuick ? 0.5 : 23_817.68955 / 3600;
    const data = isQuick ? { ...recording, hours } : recording;
    const figures: Figure[] = [
      {
        name: 'live-latency',
        says: '150 units at 1500 spikes/s, 20 assemblies, 10 ms bins, in real time for 5 minutes.',
        work: { probe: 'live', options: { ...rig, duration: isQuick ? 10 : 300, speed: 1 } },
        bounds: [
          { value: 'p50Ms' },
          { value: 'p99Ms', most: 5 },
          { value: 'maxMs' },
          { value: 'cpuShare', most: 0.2 },
        ],
      },
      {
        name: 'live-hour',
        says: 'The same for an hour of recording, 20 times as fast: memory from a third of the way on.',
        work: { probe: 'live', options: { ...rig, duration: isQuick ? 100 : 3600, speed: 20 } },
        bounds: [{ value: 'growthBytes', most: 20 * mebibyte }, { value: 'p99Ms' }],
      },
      {
        name: 'live-replay-max',
        says: `A replay of ${hours.toFixed(1)} h as fast as it is read: at most 3.6 s for an hour are 1000 times real time.`,
        work: {
          probe: 'live',
          options: { ...rig, duration: 3600 * hours, session: sessionFolder(data) },
        },
        data: [data],
        bounds: [{ value: 'seconds', per: 'hours', most: 3.6 }],
      },
    ];
    return figures;
  },
};
