import type { Frame, TriggerFrame } from '../frame.ts';
import { clearAverages, showPsths, showRates } from './averages.ts';
import { showState, showStatus, showTriggers } from './status.ts';
import { addTraces, drawTraces } from './traces.ts';

/** Milliseconds without any message after which the connection counts as lost; the run tells its state far more often. */
const lostAfter = 3000;

function follow(): void {
  const events = new EventSource('events');
  let triggers: TriggerFrame[] = [];
  let heardAt = performance.now();
  let isOver = false;
  let isDrawn = true;
  let nFrames = 0;

  function draw(): void {
    isDrawn = true;
    drawTraces(triggers);
    document.documentElement.dataset.drawn = String(++nFrames);
  }

  events.onmessage = ({ data }) => {
    const frame = JSON.parse(String(data)) as Frame;
    heardAt = performance.now();
    if (frame.isStart) {
      triggers = [];
      clearAverages();
    }
    addTraces(frame.traces, frame.isStart === true);
    showPsths(frame.psths);
    showRates(frame.rates);
    triggers = [...triggers, ...frame.triggers].slice(-200);
    if (frame.isStart || frame.triggers.length > 0) showTriggers(triggers);
    if (frame.status) showStatus(frame.status);
    isOver = frame.status?.state === 'ended';
    if (isOver) events.close();
    const isNew = frame.isStart === true || frame.traces.length > 0 || frame.triggers.length > 0;
    if (!isNew || !isDrawn) return;
    isDrawn = false;
    requestAnimationFrame(draw);
  };
  setInterval(() => {
    if (!isOver && performance.now() - heardAt > lostAfter) showState('lost');
  }, 500);
}

follow();
