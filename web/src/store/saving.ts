/** Saves every command soon; takes others' saves in and does one's own unsaved commands again. */

import type { Command } from '../model/commands';
import type { Document } from '../model/document';
import { sentence } from '../model/form/words';
import { commandsOf, isOf, journalOf } from '../model/journal';
import { same } from '../model/patch';
import { replayed } from '../model/replay';
import type { Saved } from '../model/wire';
import type { Saving } from './document';
import { forgetJournals, keepJournal, leftJournals } from './journal';
import { useReport } from './report';
import {
  address,
  bodyOf,
  OfflineError,
  put,
  remove,
  request,
  ServerError,
  sentenceOf,
} from './server';
import { toast } from './toast';

const SOON = 150;
const LONGEST_WAIT = 5000;

type Fate = 'gone' | 'unreadable';

/** A save that nobody has answered: the server may have written it before it was gone. */
interface Attempt {
  document: Document;
  /** Commands, from the first unsaved one, that it holds. */
  count: number;
}

/** What the answer to a reading says of the file. */
const FATES: Partial<Record<number, Fate>> = { 400: 'unreadable', 404: 'gone', 422: 'unreadable' };

/** What the saver needs of the store. */
export interface Owner {
  document(): Document | null;
  replace(document: Document): void;
  setSaving(saving: Saving, trouble?: string): void;
  lost(): string[];
  addLost(sentences: string[]): void;
}

export class Saver {
  private etag = '';
  private announcedTag = '';
  private unsaved: Command[] = [];
  private attempts: Attempt[] = [];
  private timer = 0;
  private wait = 0;
  private work: Promise<void> | null = null;
  private closed = false;
  /** What the server has, as far as this page knows. */
  private base: Document | null = null;
  private isKept = true;
  /** What the file is, where it is no workflow any more. */
  private fate: Fate | null = null;
  private isAnew = false;

  constructor(
    readonly path: string,
    private readonly owner: Owner,
  ) {
    window.addEventListener('beforeunload', this.leaving);
  }

  async load(): Promise<Document> {
    const response = await request(address(['workflows', this.path]));
    const document = JSON.parse(await bodyOf(response)) as Document;
    this.etag = this.announcedTag = bare(response.headers.get('ETag') ?? '');
    this.base = document;
    this.fate = null;
    return document;
  }

  /** The document as it is saved, with what pages that were closed could not save. */
  async open(): Promise<Document> {
    const document = await this.load();
    const left = [...leftJournals(this.path)].filter(([, item]) => isOf(item, this.etag, document));
    if (!left.length) return document;
    const commands = left.flatMap(([, journal]) => commandsOf(journal));
    const { result, done, lost } = replayed(document, commands);
    this.owner.addLost([...left.flatMap(([, journal]) => journal.lost), ...lost]);
    this.isKept = keepJournal(this.path, journalOf(document, result, this.etag, this.owner.lost()));
    if (this.isKept)
      forgetJournals(
        this.path,
        left.map(([key]) => key),
      );
    if (!same(document, result)) {
      this.unsaved = done;
      this.owner.setSaving('unsaved');
      this.later(SOON);
      toast('What could not be saved when this workflow was closed is back.', 'success');
    }
    return result;
  }

  add(command: Command): void {
    this.unsaved.push(command);
    this.keep();
    this.owner.setSaving('unsaved');
    this.later(SOON);
  }

  /** Save what waits, and return when it is saved or cannot be now. */
  async flush(): Promise<void> {
    while (this.unsaved.length && !this.closed) {
      const count = this.unsaved.length;
      await this.start();
      if (this.unsaved.length >= count) return;
    }
  }

  /** Put what is seen in the place of a file that is gone or cannot be read; that one is kept. */
  writeAnew(): Promise<void> {
    this.isAnew = true;
    return this.start();
  }

  announced(etag: string): void {
    this.announcedTag = bare(etag);
    if (this.hasNews()) void this.start();
  }

  /** Have the browser keep what the server does not have yet, and what was not read yet. */
  keep(): void {
    const document = this.owner.document();
    if (!this.base || !document || this.closed) return;
    const journal = journalOf(this.base, document, this.etag, this.owner.lost());
    this.isKept = keepJournal(this.path, journal);
  }

  close(): void {
    if (this.unsaved.length) void this.save(true).catch(() => undefined);
    this.closed = true;
    window.clearTimeout(this.timer);
    window.removeEventListener('beforeunload', this.leaving);
  }

  /** The page is left while something is unsaved: the browser asks, unless it keeps it. */
  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (!this.unsaved.length) return;
    if (!this.isKept) event.preventDefault();
    void this.start();
  };

  private later(milliseconds: number): void {
    if (this.closed || this.timer) return;
    this.timer = window.setTimeout(() => void this.start(), milliseconds);
  }

  /** One exchange with the server at a time. */
  private start(): Promise<void> {
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.work ??= this.exchange().finally(() => {
      this.work = null;
      if (this.unsaved.length) this.later(this.wait || SOON);
    });
    return this.work;
  }

  private async exchange(): Promise<void> {
    try {
      if (this.isAnew) await this.saveAnew();
      if (this.hasNews()) await this.takeOthers();
      if (this.unsaved.length) await this.save();
      this.wait = 0;
      if (!this.unsaved.length) this.owner.setSaving('saved');
    } catch (error) {
      this.failed(error);
    }
  }

  /** Whether the file is another one than this page knows, or was. */
  private hasNews(): boolean {
    return this.announcedTag !== this.etag || this.fate !== null;
  }

  private async save(last = false): Promise<void> {
    const document = this.owner.document();
    if (!document) return;
    if (!last) this.owner.setSaving('saving');
    await this.put(document, { 'If-Match': `"${this.etag}"` });
  }

  /** What stands there goes to the trash of the workspace, so that nobody loses it. */
  private async saveAnew(): Promise<void> {
    this.isAnew = false;
    const document = this.owner.document();
    if (!document || !this.fate) return;
    const url = address(['workflows', this.path]);
    if (this.fate === 'unreadable') await remove(url, { 'If-Match': `"${this.announcedTag}"` });
    this.fate = 'gone';
    await this.put(document, { 'If-None-Match': '*' });
    this.fate = null;
  }

  private async put(document: Document, headers: Record<string, string>): Promise<void> {
    const attempt = { document, count: this.unsaved.length };
    this.attempts.push(attempt);
    const url = address(['workflows', this.path]);
    const saved = await put<Saved>(url, document, headers).catch((error: unknown) => {
      // what was refused was not written
      if (error instanceof ServerError && !isPassing(error)) this.attempts.pop();
      throw error;
    });
    this.etag = this.announcedTag = bare(saved.etag);
    this.written(attempt);
    this.base = document;
    if (this.closed) {
      keepJournal(this.path, undefined);
      return;
    }
    this.keep();
    useReport.getState().setReport(saved.report);
  }

  /** Take the commands of a save as done. */
  private written({ count }: Attempt): void {
    this.unsaved.splice(0, count);
    this.attempts = [];
  }

  /** Fetch the newest document and do what is unsaved again on it, unless it is one's own. */
  private async takeOthers(): Promise<void> {
    // what the server had, and what it may have written without an answer
    const own = this.base ? [{ document: this.base, count: 0 }, ...this.attempts] : [];
    const document = await this.load().catch((error: unknown) => {
      this.fate = (error instanceof ServerError && FATES[error.status]) || null;
      throw error;
    });
    if (this.closed) return;
    const known = own.findLast((attempt) => same(attempt.document, document));
    if (known) {
      this.written(known);
    } else {
      this.attempts = [];
      const { result, done, lost } = replayed(document, this.unsaved);
      this.unsaved = done;
      this.owner.replace(result);
      if (lost.length) this.owner.addLost(lost);
    }
    this.keep();
  }

  private failed(error: unknown): void {
    if (this.closed) return;
    const status = error instanceof ServerError ? error.status : 0;
    if (status === 412) {
      this.owner.setSaving('conflict');
      if (this.announcedTag === this.etag) this.announcedTag = 'newer';
      this.wait = 1;
      this.later(1);
    } else if (error instanceof OfflineError || isPassing(error)) {
      this.owner.setSaving('offline');
      this.wait = Math.min(LONGEST_WAIT, (this.wait || 250) * 2);
      this.later(this.wait);
    } else if (this.fate) {
      this.owner.setSaving(this.fate, sentence(sentenceOf(error)));
      this.wait = LONGEST_WAIT;
    } else {
      this.owner.setSaving('unsaved');
      toast(`The workflow could not be saved: ${sentenceOf(error)}`, 'error');
      this.wait = LONGEST_WAIT;
    }
  }
}

/** An entity tag without the quotes that headers have around it. */
const bare = (etag: string): string => etag.replace(/^W\//, '').replace(/^"|"$/g, '');

const isPassing = (error: unknown): boolean => error instanceof ServerError && error.status >= 502;
