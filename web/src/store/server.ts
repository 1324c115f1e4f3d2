/** Requests to the server; a refusal becomes an error with its sentence. */

import type { Refusal } from '../model/wire';
import { takeAhead } from './ahead';

/** The server refused; the message is its sentence. */
export class ServerError extends Error {
  constructor(
    readonly status: number,
    readonly refusal: Refusal,
  ) {
    super(refusal.message);
  }
}

/** The server cannot be reached. */
export class OfflineError extends Error {
  constructor() {
    super('The server cannot be reached.');
  }
}

/** Which workspace a request is meant for, and an answer comes from. */
const WORKSPACE = 'Flowengine-Workspace';

let workspace = '';

/** The workspace this page belongs to; empty before the first answer. */
export const workspaceNow = (): string => workspace;

/** An address of the API, relative to the page; parts are encoded, `undefined` is left out. */
export function address(
  parts: string[],
  query: Record<string, string | number | boolean | undefined> = {},
): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `api/${parts.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

type Options = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> };

export async function request(url: string, options: Options = {}): Promise<Response> {
  let response: Response;
  try {
    // another server may listen here by now: it must not take this page's work for its own
    const headers = { ...options.headers, ...(workspace && { [WORKSPACE]: workspace }) };
    const ahead = options.method ? undefined : takeAhead(url);
    response = await (ahead ?? fetch(new URL(url, document.baseURI), { ...options, headers }));
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new OfflineError();
  }
  if (!response.ok) throw new ServerError(response.status, await refusalOf(response));
  workspace ||= response.headers.get(WORKSPACE) ?? '';
  return response;
}

async function refusalOf(response: Response): Promise<Refusal> {
  try {
    const body = (await response.clone().json()) as Refusal;
    if (typeof body.message === 'string') return { message: body.message, faults: body.faults };
  } catch {
    // not one of our answers: a proxy's, say
  }
  return { message: `The server answered ${response.status}.`, faults: [] };
}

export const get = async <T>(url: string, signal?: AbortSignal): Promise<T> =>
  JSON.parse(await bodyOf(await request(url, { signal }))) as T;

/** The text of an answer; a server that ends while it answers is one that cannot be reached. */
export async function bodyOf(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new OfflineError();
  }
}

export const post = <T>(url: string, body: unknown = {}): Promise<T> => send<T>('POST', url, body);

export const put = <T>(url: string, body: unknown, headers: Record<string, string>): Promise<T> =>
  send<T>('PUT', url, body, headers);

export async function remove(url: string, headers: Record<string, string>): Promise<void> {
  await request(url, {
    method: 'DELETE',
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}

/** Upload a file; `replace` allows to overwrite one of the same name. */
export async function upload(path: string, file: Blob, replace = false): Promise<void> {
  await request(address(['files', path]), {
    method: 'POST',
    headers: {
      'Content-Type': 'application/octet-stream',
      ...(replace ? {} : { 'If-None-Match': '*' }),
    },
    body: file,
  });
}

async function send<T>(
  method: string,
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const response = await request(url, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await bodyOf(response);
  return (text ? JSON.parse(text) : undefined) as T;
}

/** The sentence of whatever went wrong. */
export const sentenceOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
