import type { RunFolder } from '../define.ts';
import type { SimulatedSession } from '../simulation/session.ts';
import { ticksPerSecond, toSeconds } from '../simulation/ticks.ts';
import { createParquetFile } from './parquet-file.ts';
import type { SessionWriter } from './session-folder.ts';

/**
 * Writes what was planted: `truth.parquet` has a row per activation (the assembly, and the time of its middle), and
 * `truth.json` the settings and the assemblies with their members.
 * Memory: one row group.
 */
export async function openTruthWriter(
  session: SimulatedSession,
  folder: RunFolder,
): Promise<SessionWriter> {
  const { settings, schedule, units, assemblies } = session;
  const { epochs } = schedule;
  const name = 'truth.parquet';
  const file = await createParquetFile(
    await folder.create(name),
    [
      { name: 'assembly', type: 'int32' },
      { name: 'time', type: 'float64' },
    ],
    { name },
    { checkpointRowGroups: 0 },
  );
  const counts = assemblies.map(() => new Array<number>(epochs.length).fill(0));
  let epoch = 0;

  const describe = () => ({
    preset: settings.preset,
    seed: settings.seed,
    duration: toSeconds(settings.nTicks),
    samplingRateHz: ticksPerSecond,
    nUnits: units.length,
    epochs: epochs.map(({ name, environment, start, end, phase }) => ({
      name,
      environment,
      start: toSeconds(start),
      stop: toSeconds(end),
      phase,
    })),
    assemblies: assemblies.map(({ assembly, kind, members, participation }, index) => ({
      assembly,
      kind,
      members: members.map((member) => units[member].id),
      participation,
      activations: Object.fromEntries(epochs.map(({ name }, at) => [name, counts[index][at]])),
    })),
  });
  return {
    block: async ({ activations }) => {
      for (const { tick, assembly } of activations) {
        while (tick >= epochs[epoch].end) epoch++;
        counts[assembly - 1][epoch]++;
      }
      const numbers = Int32Array.from(activations, ({ assembly }) => assembly);
      const times = Float64Array.from(activations, ({ tick }) => toSeconds(tick));
      await file.write([numbers, times], activations.length);
    },
    finish: async () => {
      await file.finish();
      const json = await folder.create('truth.json');
      await json.write(new TextEncoder().encode(`${JSON.stringify(describe(), undefined, 2)}\n`));
      await json.close();
    },
  };
}
