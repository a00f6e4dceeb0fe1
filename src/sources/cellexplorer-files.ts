import { basename, join } from 'node:path';
import type { InputDigest } from '../define.ts';
import { InputError, show } from '../errors.ts';
import type { Report } from '../model/report.ts';
import type { Placed } from './mat/accessors.ts';
import { readMat } from './mat/read-mat.ts';
import { listFolder } from './session-folder.ts';

/** The files of one session, which all carry its name. */
export interface SessionFiles {
  readonly folder: string;
  readonly basename: string;
  /** Names of the files in the folder. */
  readonly names: ReadonlySet<string>;
}

const sessionSuffix = '.session.mat';

/**
 * Finds the files of a session in its folder. They are named after the folder; where no session file is, the name
 * comes from the only session file there.
 * @param path the folder, with or without a separator at its end
 */
export async function findSession(path: string, report: Report): Promise<SessionFiles> {
  const { folder, names } = await listFolder(path, {
    expected: 'the folder of a CellExplorer session',
    hint: 'give the folder that holds NAME.session.mat',
  });
  const own = basename(folder);
  if (names.has(`${own}${sessionSuffix}`)) return { folder, basename: own, names };
  const sessions = [...names].filter((name) => name.endsWith(sessionSuffix));
  const [session] = sessions;
  if (session === undefined || sessions.length > 1) {
    throw new InputError({
      code: 'SESSION_MISSING',
      where: folder,
      found:
        sessions.length > 1
          ? `session files ${show(sessions.sort().join(', '))}`
          : 'no session file',
      expected: `a session file ${own}${sessionSuffix}`,
      hint: 'path names the folder of one CellExplorer session',
    });
  }
  const name = session.slice(0, -sessionSuffix.length);
  const message = `the session in folder ${show(own)} is named ${show(name)}`;
  report({ level: 'info', code: 'SESSION_RENAMED', message });
  return { folder, basename: name, names };
}

export interface SessionFile extends Placed {
  readonly path: string;
  readonly digest: InputDigest;
}

/**
 * Reads some fields of the variable that a file of the session holds.
 * @param suffix the file's name without the session's, such as `ripples.events.mat`
 * @returns undefined when there is no such file
 */
export async function readSessionFile(
  { folder, basename, names }: SessionFiles,
  suffix: string,
  options: Parameters<typeof readMat>[1],
): Promise<SessionFile | undefined> {
  const name = `${basename}.${suffix}`;
  if (!names.has(name)) return undefined;
  const path = join(folder, name);
  const { value, sha256, bytes } = await readMat(path, options);
  const where = `${path}, ${options.variable}`;
  return { value, where, path, digest: { name: suffix, sha256, bytes } };
}
