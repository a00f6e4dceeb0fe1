import { defineSink, type OpenSink, type SinkContext } from '../define.ts';
import { SinkError } from '../errors.ts';
import type { Trigger } from '../model/chunk.ts';
import { choice, count, type ParamsOf, seconds, text } from '../params.ts';
import { loadZeroMq } from '../zeromq.ts';
import { createPulses } from './trigger-pulses.ts';

const params = {
  address: text({
    default: 'tcp://127.0.0.1:5556',
    expected: 'a ZeroMQ address such as tcp://127.0.0.1:5556',
    doc: 'Where the Network Events plugin of Open Ephys listens.',
  }),
  line: count({ default: 1, min: 1, max: 256, doc: 'The TTL line, from 1.' }),
  lines: choice({
    of: ['one', 'by-assembly'],
    default: 'one',
    doc: 'That line for every trigger, or for assembly 1 and the next ones for the others.',
  }),
  pulse: seconds({
    default: 0.01,
    min: 0.001,
    max: 60,
    doc: 'How long a line stays on, by the clock of this machine.',
  }),
};
export type TriggersZmqOptions = ParamsOf<typeof params>;

const lastLine = 256;
/** Answers that may be owed: a program that takes longer is not listening. */
const maxUnanswered = 32;

/**
 * Sends a pulse for each trigger to Open Ephys, as the text that its Network Events plugin takes: `TTL Line=3 State=1` and,
 * when the pulse is over, `State=0`. The run waits for nothing: a trigger that cannot be sent at once, for nobody listens or
 * answers, is never sent late but counted (`TRIGGERS_UNSENT`), and so is one that comes while its line is still on
 * (`TRIGGERS_OVERLAPPING`). Lines that are on are switched off when the run ends, however it does.
 * @throws ConfigError without the package zeromq; SinkError for an address that ZeroMQ refuses
 */
async function open(options: TriggersZmqOptions, { report }: SinkContext): Promise<OpenSink> {
  const { address, line: first, lines, pulse } = options;
  const { Dealer } = await loadZeroMq();
  // To a connection that stands, or not at all; what is on its way when the run ends may still go.
  const socket = new Dealer({ immediate: true, sendTimeout: 0, linger: 500 });
  let nUnanswered = 0;
  connect();
  const listening = countAnswers();
  const pulses = createPulses(pulse, async (line, state) => {
    if (nUnanswered >= maxUnanswered) return false;
    try {
      // The empty frame makes of this socket one that asks, without waiting for the answer.
      await socket.send(['', `TTL Line=${line} State=${state}`]);
    } catch {
      return false;
    }
    nUnanswered++;
    return true;
  });

  function connect(): void {
    try {
      socket.connect(address);
    } catch (cause) {
      socket.close();
      throw new SinkError({
        code: 'TRIGGER_ADDRESS',
        where: 'address',
        found: address,
        expected: 'a ZeroMQ address such as tcp://127.0.0.1:5556',
        cause,
      });
    }
  }

  async function countAnswers(): Promise<void> {
    for await (const _ of socket) nUnanswered--;
  }

  function lineOf({ assembly }: Trigger): number {
    return lines === 'one' || assembly === undefined ? first : first + assembly - 1;
  }

  return {
    chunk: async (_wire, chunk) => {
      if (chunk.kind !== 'trigger' || chunk.isOn === false) return;
      const line = lineOf(chunk);
      if (line <= lastLine) await pulses.begin(line);
      else pulses.refuse();
    },
    value: async () => {},
    finish: async () => {
      const { nSent, nUnsent, nOverlapping } = pulses.counts();
      const nTriggers = nSent + nUnsent + nOverlapping;
      if (nUnsent > 0) {
        const message = `${nUnsent} of ${nTriggers} triggers could not be sent to ${address}`;
        report({ level: 'warning', code: 'TRIGGERS_UNSENT', message, data: { nUnsent, nSent } });
      }
      if (nOverlapping > 0) {
        const message = `${nOverlapping} of ${nTriggers} triggers came while their line was on`;
        const data = { nOverlapping, nSent };
        report({ level: 'info', code: 'TRIGGERS_OVERLAPPING', message, data });
      }
    },
    close: async () => {
      await pulses.endAll();
      socket.close();
      await listening;
    },
  };
}

export const triggersZmqNode = defineSink({
  op: 'triggers-zmq',
  summary: 'Sends triggers to Open Ephys as TTL pulses, over ZeroMQ.',
  records: ['triggers'],
  isBeside: true,
  params,
  prepare: async () => {
    await loadZeroMq();
  },
  open: (options, context) => open(options, context),
});
