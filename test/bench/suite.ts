import type { Figure, Group } from './figure.ts';
import { codecsGroup } from './groups/codecs.ts';
import { compute } from './groups/compute.ts';
import { decode } from './groups/decode.ts';
import { flat } from './groups/flat.ts';
import { floors } from './groups/floors.ts';
import { live } from './groups/live.ts';
import { settings } from './groups/settings.ts';
import { shuffles } from './groups/shuffles.ts';
import { stages } from './groups/stages.ts';
import { whole } from './groups/whole.ts';
import { wide } from './groups/wide.ts';

/** Every group of figures, in the order they are measured and told. */
export const groups: readonly Group[] = [
  floors,
  whole,
  compute,
  stages,
  decode,
  flat,
  live,
  wide,
  codecsGroup,
  settings,
  shuffles,
];

export interface ChosenFigure extends Figure {
  readonly group: string;
}

/**
 * The figures that `only` names, by figure or by group, all where it names none; and those that they are held against.
 * @throws Error for a name that is none of them
 */
export function chooseFigures(
  all: readonly ChosenFigure[],
  only: readonly string[],
): readonly ChosenFigure[] {
  const unknown = only.find((name) => !all.some((f) => f.name === name || f.group === name));
  if (unknown !== undefined) {
    throw new Error(`nothing is called "${unknown}"; --list says what there is`);
  }
  const chosen = all.filter(
    ({ name, group }) => only.length === 0 || only.includes(name) || only.includes(group),
  );
  const wanted = new Set(chosen.map(({ name }) => name));
  // A floor may have a floor of its own.
  for (const name of wanted) {
    const figure = all.find((candidate) => candidate.name === name);
    for (const { to } of figure?.bounds ?? []) if (to !== undefined) wanted.add(to);
  }
  return all.filter(({ name }) => wanted.has(name));
}

/** Every figure; targets hold for whole recordings, so small ones are held against none. */
export function allFigures(isQuick: boolean): readonly ChosenFigure[] {
  const all = groups.flatMap((group) =>
    group.figures({ isQuick }).map((figure) => ({ ...figure, group: group.name })),
  );
  expectConsistent(all);
  if (!isQuick) return all;
  return all.map((figure) => ({
    ...figure,
    bounds: (figure.bounds ?? []).flatMap(({ most, within, ...ratio }) => (ratio.to ? ratio : [])),
  }));
}

/** @throws Error for two figures of one name, or one that is held against what is not there */
function expectConsistent(all: readonly ChosenFigure[]): void {
  for (const { name, bounds = [] } of all) {
    if (all.filter((other) => other.name === name).length > 1) throw new Error(`two are ${name}`);
    const missing = bounds.find(({ to }) => to && !all.some((other) => other.name === to));
    if (missing) throw new Error(`${name} is held against ${missing.to}, which is not there`);
  }
}
