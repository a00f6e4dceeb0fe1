import type { NodeOutline, RecordedWire, SinkContext } from '../define.ts';
import type { ActivationChunk } from '../model/chunk.ts';
import { nodeOf } from '../results/lineage.ts';
import { type ActivationFollower, createActivationFollower } from './follow-activation.ts';
import { halfWidthOf, plannedEvents } from './planned-events.ts';

/** What was seen of activation while it was recorded. */
export interface SeenActivation {
  /** What it was followed for: of use only where that is what the page is to show. */
  readonly halfWidth: number;
  readonly events: readonly Float64Array[];
  /** By the prefix of the file it was recorded to. */
  readonly follower: (prefix: string) => ActivationFollower | undefined;
}

export interface RunFollower {
  readonly add: (wire: RecordedWire, chunk: ActivationChunk) => void;
  /** Undefined where it could not be told beforehand what to follow. */
  readonly seen: () => SeenActivation | undefined;
}

/**
 * Follows the activation of a run for its page. Values are rounded as they are in the files.
 * Memory: some multiple of what the page holds, however long the recording is.
 */
export function followRun({
  wires,
  nodes = [],
  recordings,
  followed,
}: Pick<SinkContext, 'wires' | 'nodes' | 'recordings' | 'followed'>): RunFollower {
  const halfWidth = halfWidthOf(nodes);
  const events = followed && plannedEvents(nodes, recordings);
  const round = isRounded(followed) ? createRounder() : undefined;
  const followers = new Map<string, ActivationFollower>();
  const followerOf = (wire: RecordedWire, nAssemblies: number, sets: readonly Float64Array[]) => {
    const known = followers.get(keyOf(wire));
    if (known) return known;
    const plan = { nAssemblies, nProjections: wires.length, halfWidth, events: sets };
    const follower = createActivationFollower(plan);
    followers.set(keyOf(wire), follower);
    return follower;
  };
  return {
    add: (wire, { times, columns }) => {
      if (!events) return;
      const follower = followerOf(wire, columns.length, events);
      follower.add({ time: times, columns: round?.(columns) ?? columns });
    },
    seen: () =>
      events && {
        halfWidth,
        events,
        follower: (prefix) => {
          const found = wires.filter(({ node }) => prefix === '' || node === nodeOf(prefix));
          return found.length === 1 ? followers.get(keyOf(found[0])) : undefined;
        },
      },
  };
}

function keyOf({ node, port }: RecordedWire): string {
  return `${node}.${port}`;
}

/** Whether files hold activation as float32. */
function isRounded(sink: NodeOutline | undefined): boolean {
  return sink?.options.get('activations') === 'float32';
}

/** Rounds columns to what float32 holds, each time into the same arrays. */
function createRounder(): (columns: readonly Float64Array[]) => Float64Array[] {
  const room: Float64Array[] = [];
  return (columns) =>
    columns.map((values, k) => {
      if ((room[k]?.length ?? 0) < values.length) room[k] = new Float64Array(values.length);
      const rounded = (room[k] ?? new Float64Array(0)).subarray(0, values.length);
      for (let row = 0; row < values.length; row++) rounded[row] = Math.fround(values[row]);
      return rounded;
    });
}
