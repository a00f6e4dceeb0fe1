import { ConfigError } from './errors.ts';

/**
 * The package that messages over ZeroMQ need; nothing else of the program does.
 * @throws ConfigError LIVE_NOT_INSTALLED
 */
export async function loadZeroMq() {
  try {
    return await import('zeromq');
  } catch (cause) {
    throw new ConfigError({
      code: 'LIVE_NOT_INSTALLED',
      message: 'the package zeromq, which live recordings come over, is not installed',
      hint: 'npm install zeromq@6',
      cause,
    });
  }
}
