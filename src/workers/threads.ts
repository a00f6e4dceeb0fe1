import { Worker } from 'node:worker_threads';

/** Threads that are lent to whoever has work for one; each can do all of that work. */
export interface Threads {
  /** One that has nothing to do, or a new one. */
  readonly take: () => Worker;
  /** Gives a thread back, of which nothing more is expected; it stays for whoever takes one next. */
  readonly giveBack: (thread: Worker) => void;
  /** Tells of work that will come: it is sent to a thread that is given back, to get ready for it. */
  readonly announce: (message: object) => void;
  /** Ends those that are idle. */
  readonly close: () => Promise<void>;
}

/** The file a thread runs, beside this one: built, or as it is where Node reads TypeScript. */
const besideThis = new URL(
  import.meta.url.endsWith('.ts') ? './thread-worker.ts' : './thread-worker.js',
  import.meta.url,
);

/** None starts before it is taken. Node takes 40 ms and more to start one, so that one for two kinds of work is soon two. */
export function createThreads(entry: URL = besideThis): Threads {
  const idle: Worker[] = [];
  const announced: object[] = [];

  function start(): Worker {
    // Its objects are few; the room V8 would give the young among them is better kept.
    const thread = new Worker(entry, { resourceLimits: { maxYoungGenerationSizeMb: 4 } });
    const lose = (): void => {
      const place = idle.indexOf(thread);
      if (place >= 0) idle.splice(place, 1);
    };
    // Whoever has taken it listens as well; one that nobody has is no loss.
    thread.on('error', lose);
    thread.on('exit', lose);
    return thread;
  }

  return {
    take: () => idle.pop() ?? start(),
    giveBack: (thread) => {
      idle.push(thread);
      for (const message of announced) thread.postMessage(message);
    },
    announce: (message) => {
      announced.push(message);
    },
    close: async () => {
      await Promise.all(idle.splice(0).map((thread) => thread.terminate()));
    },
  };
}
