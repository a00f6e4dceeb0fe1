/** Adds up the time of pieces of work; what happens between them does not count. */
export interface Clock {
  readonly run: <T>(work: () => T) => T;
  readonly runAsync: <T>(work: () => Promise<T>) => Promise<T>;
  readonly total: () => { readonly seconds: number; readonly cpuSeconds: number };
}

export function createClock(): Clock {
  let seconds = 0;
  let cpuMicroseconds = 0;
  const begin = () => {
    const cpu = process.cpuUsage();
    const began = performance.now();
    return () => {
      seconds += (performance.now() - began) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      cpuMicroseconds += user + system;
    };
  };
  return {
    run(work) {
      const end = begin();
      const result = work();
      end();
      return result;
    },
    async runAsync(work) {
      const end = begin();
      const result = await work();
      end();
      return result;
    },
    total: () => ({ seconds, cpuSeconds: cpuMicroseconds / 1e6 }),
  };
}
