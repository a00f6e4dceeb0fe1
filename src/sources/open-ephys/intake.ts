import { show } from '../../errors.ts';
import type { LiveFeed } from '../../live/live-feed.ts';
import type { Report } from '../../model/report.ts';
import type { ReadMessage, RigMessage } from './message.ts';
import { MessageCounter } from './message-counter.ts';

export interface IntakeOptions {
  readonly read: ReadMessage;
  readonly indexOf: (electrode: string, sortedId: number) => number | undefined;
  /** The stream to follow; the first that is heard where it is undefined. */
  readonly stream: string | undefined;
  /** Where messages do not say it. */
  readonly sampleRate: number | undefined;
  /** Whether every message the sender numbers is heard. */
  readonly isNumbered: boolean;
  readonly report: Report;
}

/** Takes the messages of one acquisition. */
export interface Intake {
  readonly take: (frames: readonly Uint8Array[]) => void;
  readonly counts: () => Readonly<Record<string, number>>;
}

/** Reads messages and passes on what they say of the followed stream; what cannot be used is counted. */
export function createIntake(feed: LiveFeed, options: IntakeOptions): Intake {
  const { read, indexOf, isNumbered, report } = options;
  const counts = { garbage: 0, unmapped: 0, otherStreams: 0, withoutRate: 0 };
  const counter = new MessageCounter();
  let { stream, sampleRate } = options;
  let isRateTold = false;

  function isFollowed(message: RigMessage): boolean {
    if (message.stream === '') return true;
    stream ??= message.stream;
    if (message.stream === stream) return true;
    if (counts.otherStreams++ === 0) {
      const text = `the stream ${show(message.stream)} is left out, for its samples count apart from those of ${show(stream)}`;
      report({ level: 'warning', code: 'LIVE_OTHER_STREAM', message: text });
    }
    return false;
  }

  function isOtherRate(message: RigMessage): boolean {
    if (
      message.sampleRate === undefined ||
      message.sampleRate === (sampleRate ?? message.sampleRate)
    )
      return false;
    const text = `messages of ${message.sampleRate} samples per second are left out, for the stream has ${sampleRate}`;
    if (!isRateTold) report({ level: 'warning', code: 'LIVE_OTHER_RATE', message: text });
    isRateTold = true;
    return true;
  }

  /** Seconds of the recording's clock; undefined while nobody has said the rate. */
  function timeOf(message: RigMessage): number | undefined {
    sampleRate ??= message.sampleRate;
    if (sampleRate !== undefined) return message.sample / sampleRate;
    if (counts.withoutRate++ === 0) {
      const text =
        'messages come without a sample rate, and are left out until one says it: give it as sampleRate';
      report({ level: 'warning', code: 'LIVE_NO_SAMPLE_RATE', message: text });
    }
    return undefined;
  }

  /** What was lost may have been a spike of any time since the last message: bins cannot go on over it. */
  function checkNumber(number: number): void {
    const { nLost, isRestart } = counter.see(number);
    if (isRestart) feed.interrupt('restart');
    else if (nLost > 0) feed.interrupt('lost');
  }

  function pass(message: RigMessage, time: number): void {
    if (message.kind === 'clock') feed.accept(time);
    else if (message.kind === 'ttl') {
      feed.trigger({ kind: 'trigger', time, line: message.line, isOn: message.isOn });
    } else {
      const unit = indexOf(message.electrode, message.sortedId);
      if (unit === undefined) counts.unmapped++;
      feed.accept(time, unit);
    }
  }

  return {
    take: (frames) => {
      const message = read(frames);
      if (message === undefined) {
        counts.garbage++;
        return;
      }
      if (isNumbered && message.number !== undefined) checkNumber(message.number);
      if (message.kind === 'other' || !isFollowed(message)) return;
      if (isOtherRate(message)) {
        counts.garbage++;
        return;
      }
      const time = timeOf(message);
      if (time !== undefined) pass(message, time);
    },
    counts: () => ({ ...counts, ...(isNumbered ? { lost: counter.lost } : {}) }),
  };
}
