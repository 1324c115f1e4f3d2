/** The one WebSocket: everything the server says unasked. */

import type { Push } from '../model/wire';
import { useCatalogue } from './catalogue';
import { documentChanged } from './document';
import { closeQuietly, takeLine } from './line';
import { useReport } from './report';
import { receive, useRun } from './run';
import { sentenceOf } from './server';
import { toast } from './toast';

const FIRST_WAIT = 250;
const LONGEST_WAIT = 5000;

/** Listen to what happens to a workflow, also after interruptions; returns how to stop. */
export function listen(workflow: string): () => void {
  let socket: WebSocket | undefined;
  let timer = 0;
  let wait = FIRST_WAIT;
  let stopped = false;

  const connect = (): void => {
    const line = takeLine(workflow);
    socket = line.socket;
    const hear = (text: string): void => {
      wait = FIRST_WAIT;
      if (!stopped) take(JSON.parse(text) as Push);
    };
    line.said.forEach(hear);
    socket.onmessage = (event: MessageEvent<string>) => hear(event.data);
    socket.onclose = () => {
      if (stopped) return;
      timer = window.setTimeout(connect, wait);
      wait = Math.min(LONGEST_WAIT, wait * 2);
    };
  };

  // a moment later, so that what is closed at once is never opened
  timer = window.setTimeout(connect, 0);
  return () => {
    stopped = true;
    window.clearTimeout(timer);
    if (socket) closeQuietly(socket);
  };
}

function take(push: Push): void {
  switch (push.kind) {
    case 'snapshot':
      useReport.getState().setReport(push.report);
      useRun.getState().setRun(push.run);
      documentChanged(push.etag);
      break;
    case 'document':
      documentChanged(push.etag);
      break;
    case 'report':
      useReport.getState().setReport(push.report);
      break;
    case 'run':
      useRun.getState().setRun(push.run);
      break;
    case 'events':
      receive(push.run, push.events);
      break;
    case 'catalogue':
      useCatalogue
        .getState()
        .load()
        .catch((error: unknown) => toast(sentenceOf(error), 'error'));
      break;
  }
}
