import type { Break } from '../live/timeline-types.ts';
import type { Report } from '../model/report.ts';

/** Breaks that are told one by one; of more, the counts are told. */
const maxTold = 100;

const reasons: Readonly<Record<Break['why'], string>> = {
  gap: 'the clock stepped forward',
  restart: 'the clock started again',
  reconnect: 'the connection was lost',
  lost: 'messages were lost, by their numbers',
  dropped: 'the queue was full, and the oldest spikes were dropped',
};

/** Reports each break of a live recording: what is missing, and that a new run of bins begins. */
export function tellBreaks(report: Report): (found: Break) => void {
  let nTold = 0;
  return ({ why, end, start }) => {
    if (++nTold > maxTold) return;
    const [from, to] = [round(end), round(start)];
    const message = `${reasons[why]}: bins end at ${from} s and begin anew at ${to} s`;
    report({ level: 'warning', code: `LIVE_${why.toUpperCase()}`, message, data: { end, start } });
  };
}

function round(seconds: number): number {
  return Number(seconds.toFixed(6));
}
