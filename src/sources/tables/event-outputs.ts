import { ConfigError, didYouMean, show } from '../../errors.ts';
import type { Events } from '../../model/events.ts';
import type { Report } from '../../model/report.ts';
import { eventsOf } from './session-tables.ts';

/** Outputs that are no events. */
const taken = ['spikes', 'units', 'epochs'];

/**
 * The event sets that are outputs: `ripples`, empty where there are none, and those wanted, or all when nothing says which.
 * @throws ConfigError when a set is wanted that there is not
 */
export function chooseEvents(
  sets: ReadonlyMap<string, Events>,
  wanted: ReadonlySet<string> | undefined,
  where: string,
  report: Report,
): Readonly<Record<string, Events>> & { readonly ripples: Events } {
  if (wanted?.has('ripples') !== false && !sets.has('ripples')) {
    const message = `there are no events named "ripples"${sets.size === 0 ? '' : `, only ${known(sets)}`}`;
    const level = wanted === undefined ? 'info' : 'warning';
    report({ level, code: 'NO_RIPPLES', message });
  }
  const chosen = new Map([['ripples', sets.get('ripples') ?? eventsOf('ripples', [])]]);
  for (const name of wanted ?? sets.keys()) {
    if (name === 'ripples' || taken.includes(name)) continue;
    const set = sets.get(name);
    if (set === undefined) throw unknownEvents(name, sets, where);
    chosen.set(name, set);
  }
  return Object.fromEntries(chosen) as ReturnType<typeof chooseEvents>;
}

function unknownEvents(
  name: string,
  sets: ReadonlyMap<string, Events>,
  where: string,
): ConfigError {
  return new ConfigError({
    code: 'UNKNOWN_EVENTS',
    where,
    found: `events ${show(name)}`,
    expected: 'a name in the table of events',
    hint: didYouMean(name, sets.keys()),
  });
}

function known(sets: ReadonlyMap<string, Events>): string {
  return show([...sets.keys()].join(', '));
}
