// Calls to the service. Paths are relative, so that all of it works below a path of somebody else's.

import { heard } from './clock.js';
import { isOver, logIn, token } from './session.js';

/** No answer came; nobody knows what became of the request. */
export class Unreachable extends Error {}

/** An answer that is a problem detail. */
export class Refused extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.detail ?? problem.title ?? `The service answered with status ${status}.`);
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

export async function send(path, options = {}) {
  const sentAt = Date.now();
  let response;
  try {
    response = await fetch(path, { cache: 'no-store', ...options, headers: { ...options.headers, ...token() } });
  } catch (failure) {
    if (options.signal?.aborted) {
      throw failure;
    }
    throw new Unreachable('No answer came.', { cause: failure });
  }
  heard(response, sentAt);
  if (isOver(response)) {
    logIn();
  }
  if (!response.ok) {
    throw await refusal(response);
  }
  return response;
}

async function refusal(response) {
  const problem = await response.json().catch(() => ({}));
  return new Refused(response.status, problem, Number(response.headers.get('Retry-After')) || undefined);
}

/** Sends a body that already is JSON, and reads the answer as JSON. */
export async function call(method, path, { body, headers = {}, signal } = {}) {
  const response = await send(path, {
    method, body, signal, headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
  });
  try {
    return await response.json();
  } catch (broken) {
    if (signal?.aborted) {
      throw broken;
    }
    throw new Unreachable('The answer broke off.', { cause: broken });
  }
}

/** A failure as a sentence for whoever gave the order. */
export function inWords(failure) {
  if (failure instanceof Refused) {
    return failure.retryAfter ? `${failure.message} Try again in ${failure.retryAfter} s.` : failure.message;
  }
  return failure instanceof Unreachable
    ? 'No answer came; nobody knows whether it was carried out. To say it again does no harm.'
    : `This page has a defect: ${failure.message}`;
}
