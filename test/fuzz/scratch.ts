import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a file of a case is: bytes, or something that is no file. */
export type Content = Uint8Array | 'folder' | 'fifo' | 'loop' | { readonly link: string };

/** A folder for the files of the case at hand. */
export class Scratch {
  readonly root: string;
  #traps: Promise<string> | undefined;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(): Promise<Scratch> {
    return new Scratch(await mkdtemp(join(tmpdir(), 'rekindle-fuzz-')));
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }

  /** A folder of this name with these files and no others. */
  async folder(name: string, files: ReadonlyMap<string, Content>): Promise<string> {
    const folder = join(this.root, name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    for (const [file, content] of files) await put(join(folder, file), content);
    return folder;
  }

  /** Folders whose files never end, never begin, or are no files. */
  traps(): Promise<string> {
    this.#traps ??= this.#makeTraps();
    return this.#traps;
  }

  async #makeTraps(): Promise<string> {
    const traps = join(this.root, 'traps');
    await mkdir(traps);
    const contents: Readonly<Record<string, Content>> = {
      zero: { link: '/dev/zero' },
      full: { link: '/dev/full' },
      fifo: 'fifo',
      loop: 'loop',
      folder: 'folder',
    };
    for (const [name, content] of Object.entries(contents)) {
      await mkdir(join(traps, name));
      await put(join(traps, name, `${name}.session.mat`), content);
    }
    await mkdir(join(traps, 'moments'));
    await put(join(traps, 'moments', 'moments.parquet'), { link: '/dev/zero' });
    return traps;
  }
}

async function put(path: string, content: Content): Promise<void> {
  if (content === 'folder') await mkdir(path);
  else if (content === 'loop') await symlink(path, path);
  else if (content === 'fifo') spawnSync('mkfifo', [path]);
  else if ('link' in content) await symlink(content.link, path);
  else await writeFile(path, content);
}
