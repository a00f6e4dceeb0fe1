import { InputError } from '../../errors.ts';
import type { ByteWindow, Steps } from './byte-window.ts';

const hdf5 = [0x89, 0x48, 0x44, 0x46];

/**
 * Reads the header of a MATLAB v5 file, 128 bytes of text, version and byte order.
 * @throws InputError for other versions, saying how to save this one
 */
export function* readFormat(window: ByteWindow): Steps<{ isBigEndian: boolean }> {
  const { file } = window.trail;
  const start = yield* window.take(4);
  const rest = yield* window.take(124);
  const text = Buffer.from([...start, ...rest]).toString('latin1');
  const order = text.slice(126);
  const isBigEndian = order === 'MI';
  const version = (rest[isBigEndian ? 120 : 121] ?? 0) & 0xff;
  const hint = 'in MATLAB, load the file and save it again with save(..., "-v7")';
  if (text.startsWith('MATLAB 7.3') || hdf5.every((byte, i) => start[i] === byte)) {
    throw wrong(file, 'a MATLAB v7.3 file (HDF5)', hint);
  }
  if (start.includes(0)) throw wrong(file, 'a MATLAB v4 file, or none', hint);
  if (order !== 'IM' && order !== 'MI') throw wrong(file, 'no MATLAB file header', hint);
  if (version !== 1) throw wrong(file, `a MATLAB file of version ${version}`, hint);
  return { isBigEndian };
}

function wrong(file: string, found: string, hint: string): InputError {
  const expected = 'a MATLAB v5 file, as saved with -v6 or -v7';
  return new InputError({ code: 'MAT_VERSION', where: file, found, expected, hint });
}
