// Server-sent events off a response. Not EventSource: that hides heartbeats, statuses and Retry-After, without which
// nobody can tell a quiet stream from a dead one.

/** @param fed called whenever anything has come, a heartbeat included */
export async function* events(body, fed) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let event = blank();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    fed();
    const lines = (rest + chunk.value).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === '') {
        if (event.data !== undefined) {
          yield event;
        }
        event = blank();
      } else {
        take(event, line);
      }
    }
  }
}

const blank = () => ({ type: 'message', id: undefined, data: undefined });

function take(event, line) {
  const colon = line.indexOf(':');
  const field = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (field === 'data') {
    event.data = event.data === undefined ? value : `${event.data}\n${value}`;
  } else if (field === 'event') {
    event.type = value;
  } else if (field === 'id') {
    event.id = value;
  }
}
