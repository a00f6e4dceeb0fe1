// Writes a run of three small files into a folder, with the built code: write-run.mjs FOLDER LABEL overwrite|keep NAMES
// What the files hold tells the run and the file; the exit codes are those of the command, and the error's code is
// printed.
import { openRunFolder } from '../../dist/sinks/run-folder.js';

const [path, label, mode, ...names] = process.argv.slice(2);
let folder;
try {
  folder = await openRunFolder(path, { overwrite: mode === 'overwrite' });
  for (const name of names) {
    const file = await folder.create(name);
    await file.write(Buffer.from(`${label} `));
    await file.write(Buffer.from(`${name} whole`));
    await file.close();
  }
  await folder.complete(JSON.stringify({ label, files: folder.files() }));
} catch (error) {
  await folder?.abandon();
  process.stdout.write(`${error.code}`);
  process.exitCode = error.exitCode ?? 1;
}
