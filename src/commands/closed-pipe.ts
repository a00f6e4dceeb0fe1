/**
 * Lets a reader of our output leave early, as `| head -1` does: what is written after that is dropped, and the
 * command goes on and exits as if it had been read.
 */
export function tolerateClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
