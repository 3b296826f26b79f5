// An event stream that is kept up: made anew with growing pauses when it breaks, closed while nobody looks.

import { Refused, send } from './api.js';
import { events } from './sse.js';

/** The service says something at least every 15 s; what is silent for longer than this is dead. */
const SILENCE = 40_000;
const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 30_000;
/** After a longer absence, what was missed is too much to be told one by one. */
const RESUMABLE = 60_000;

export class Stream {
  #path; #receive; #changed; #isOver;
  #run = null; #lastId; #heardAt = 0; #failures = 0; #retry = null;

  /**
   * @param receive takes (type, data) of each event
   * @param changed takes the state whenever that is another one
   * @param isOver whether the end of the stream is meant
   */
  constructor(path, { receive, changed, isOver = () => false }) {
    this.#path = path;
    this.#receive = receive;
    this.#changed = changed;
    this.#isOver = isOver;
    this.state = 'closed';
    this.retryAt = null;
    /** Why it is gone. */
    this.reason = undefined;
  }

  /** When something was heard last. */
  get heardAt() {
    return this.#heardAt;
  }

  open() {
    if (!this.#run) {
      this.#run = new AbortController();
      this.#failures = 0;
      this.#keepUp(this.#run);
    }
  }

  close() {
    this.#run?.abort();
    this.#run = null;
    this.#retry?.();
    this.#become('closed');
  }

  /** Does not wait for the next attempt any longer. */
  hurry() {
    this.#retry?.();
  }

  async #keepUp(run) {
    while (!run.signal.aborted) {
      this.#become('connecting');
      let refused;
      try {
        if (await this.#listen(run)) {
          this.#finish(run, 'ended');
          return;
        }
      } catch (failure) {
        refused = failure instanceof Refused ? failure : undefined;
        if (refused?.status === 404) {
          this.reason = refused.message;
          this.#finish(run, 'gone');
          return;
        }
      }
      if (!run.signal.aborted) {
        await this.#pause(run, refused?.retryAfter);
      }
    }
  }

  #finish(run, state) {
    if (!run.signal.aborted) {
      this.#run = null;
      this.#become(state);
    }
  }

  /** Returns whether nothing more will come. */
  async #listen(run) {
    const one = new AbortController();
    const stop = () => one.abort();
    run.signal.addEventListener('abort', stop);
    let watch = setTimeout(stop, SILENCE);
    const fed = () => {
      clearTimeout(watch);
      watch = setTimeout(stop, SILENCE);
      this.#heardAt = Date.now();
    };
    try {
      const response = await send(this.#path, { headers: this.#headers(), signal: one.signal });
      if (response.status === 204) {
        return true;
      }
      for await (const event of events(response.body, fed)) {
        if (run.signal.aborted) {
          return false;
        }
        this.#lastId = event.id ?? this.#lastId;
        this.#failures = 0;
        this.#become('live');
        this.#receive(event.type, JSON.parse(event.data));
      }
      return this.#isOver();
    } finally {
      clearTimeout(watch);
      run.signal.removeEventListener('abort', stop);
    }
  }

  #headers() {
    const resumes = this.#lastId !== undefined && Date.now() - this.#heardAt < RESUMABLE;
    return { Accept: 'text/event-stream', ...(resumes ? { 'Last-Event-ID': this.#lastId } : {}) };
  }

  #pause(run, retryAfter) {
    const backoff = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures++) * (0.75 + Math.random() / 2);
    const pause = Math.max(backoff, (retryAfter ?? 0) * 1000);
    this.retryAt = Date.now() + pause;
    this.#become('lost');
    return new Promise(resolve => {
      const timer = setTimeout(resolve, pause);
      this.#retry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #become(state) {
    if (this.state !== state) {
      this.state = state;
      this.#changed(state, this.reason);
    }
  }
}
