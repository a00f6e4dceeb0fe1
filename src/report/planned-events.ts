import type { NodeOutline, RecordingTables } from '../define.ts';
import { PipelineError } from '../errors.ts';
import { selectEventTimes } from '../math/event-times.ts';
import { parseEpochExpression, resolveEpochs } from '../model/epoch-expression.ts';

/**
 * Seconds to either side of an event or a strong activation that a page shows: as far as the averages of the run reach.
 */
export function halfWidthOf(nodes: Iterable<Pick<NodeOutline, 'options' | 'outputs'>>): number {
  let reach = 0;
  for (const { options, outputs } of nodes) {
    const window: unknown = options.get('window');
    if (![...outputs.values()].includes('psth') || !Array.isArray(window)) continue;
    for (const side of window) reach = Math.max(reach, Math.abs(Number(side)) || 0);
  }
  return reach > 0 ? Math.min(2, Math.max(0.1, reach)) : 0.5;
}

/**
 * The events that a page is going to show activation around, as far as that can be told before the run: what is averaged
 * over or, where nothing is, what was recorded. Whether it came so is to be seen when the run is over.
 * @returns ascending times, one list per set; undefined where it cannot be told
 */
export function plannedEvents(
  nodes: readonly NodeOutline[],
  recordings: readonly RecordingTables[],
): Float64Array[] | undefined {
  try {
    const aligned = nodes.flatMap((node) => alignedBy(node, recordings) ?? []);
    if (aligned.length > 0) return aligned;
  } catch (error) {
    // The node itself will tell what is wrong with its epochs.
    if (error instanceof PipelineError) return undefined;
    throw error;
  }
  const values = recordings.flatMap(({ values }) => [...new Set(Object.values(values))]);
  return values.flatMap((value) =>
    value.kind === 'events' && value.starts.length > 0 ? [value.starts.slice().sort()] : [],
  );
}

/** The times that a node averages over. */
function alignedBy(
  { options, inputs, outputs }: NodeOutline,
  recordings: readonly RecordingTables[],
): Float64Array | undefined {
  if (![...outputs.values()].includes('psth')) return undefined;
  const events = valueOn(inputs.get('events'), recordings);
  if (events?.kind !== 'events') return undefined;
  const times = selectEventTimes(events, intervalsOf(options, inputs, recordings), {
    at: options.get('at') === 'peak' ? 'peak' : 'start',
    membership: options.get('membership') === 'clipped' ? 'clipped' : 'start',
  });
  return times.length > 0 ? times.sort() : undefined;
}

function intervalsOf(
  options: NodeOutline['options'],
  inputs: NodeOutline['inputs'],
  recordings: readonly RecordingTables[],
) {
  const within = options.get('in');
  const epochs = valueOn(inputs.get('epochs'), recordings);
  if (typeof within !== 'string' || epochs?.kind !== 'epochs') return undefined;
  return resolveEpochs(parseEpochExpression(within), epochs);
}

function valueOn(
  wire: string | undefined,
  recordings: readonly RecordingTables[],
): RecordingTables['values'][string] | undefined {
  const [id = '', port = ''] = wire?.split('.') ?? [];
  return recordings.find(({ node }) => node === id)?.values[port];
}
