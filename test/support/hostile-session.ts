import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './cli.ts';

/** Markup that would run a script where it were taken for markup. */
export const evil = '<img src=x onerror=alert(1)>';

/** A copy of a sample whose names of regions, epochs, states and events hold markup. @returns the folder */
export function hostileSession(folder: string): string {
  cpSync(join(root, 'data-samples', 'sim_small_1'), folder, { recursive: true });
  const edit = (name: string, change: (text: string) => string): void => {
    const path = join(folder, name);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  };
  edit('units.csv', (text) => text.replaceAll(',CA1,', `,CA1 ${evil},`));
  edit('epochs.csv', (text) => text.replace('maze', `</script><script>alert(2)</script>${evil}`));
  edit('states.csv', (text) => text.replaceAll(/^REMstate/gm, `REM'><svg onload=alert(3)>`));
  edit('events.csv', (text) => `${text}${evil},20,,\n${evil},30,,\n`);
  return folder;
}
