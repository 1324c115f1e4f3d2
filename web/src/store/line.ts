/** Sockets whose messages wait for whoever listens: a plan takes the server a moment. */

import { address, workspaceNow } from './server';

interface Line {
  socket: WebSocket;
  said: string[];
}

const lines = new Map<string, Line>();

/** Open the socket of a workflow that is about to be shown. */
export function listenAhead(workflow: string): void {
  if (!lines.has(workflow)) lines.set(workflow, opened(workflow));
}

/** Nobody is going to listen. */
export function hangUp(workflow: string): void {
  const line = lines.get(workflow);
  if (line) closeQuietly(line.socket);
  lines.delete(workflow);
}

/** Close a socket, one on its way as soon as it stands: browsers complain of it before. */
export function closeQuietly(socket: WebSocket): void {
  if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
  else socket.close();
}

/** The socket of a workflow, with what it has said already; a new one where none is open. */
export function takeLine(workflow: string): Line {
  const line = lines.get(workflow);
  lines.delete(workflow);
  return line && line.socket.readyState <= WebSocket.OPEN ? line : opened(workflow);
}

function opened(workflow: string): Line {
  const query = { workflow, workspace: workspaceNow() || undefined };
  const url = new URL(address(['events'], query), document.baseURI);
  url.protocol = url.protocol.replace('http', 'ws');
  const line: Line = { socket: new WebSocket(url), said: [] };
  line.socket.onmessage = (event: MessageEvent<string>) => line.said.push(event.data);
  return line;
}
