/** One server-sent event. */
export interface ServerEvent {
  readonly event: string
  readonly id: string | null
  readonly data: string
}

/** A keyset event is one kilobyte: what is larger is not a sidecar. */
const bufferedCharsMax = 256 * 1024

/**
 * Server-sent events out of a text that comes in pieces, as the HTML standard has them
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html), as far as a sidecar uses it.
 */
export class EventReader {
  #buffered = ''

  /** @throws Error where an event does not end. */
  read(chunk: string): ServerEvent[] {
    const blocks = (this.#buffered + chunk).split('\n\n')
    this.#buffered = blocks.pop() ?? ''
    if (this.#buffered.length > bufferedCharsMax) throw new Error('An event does not end.')
    return blocks.map(parse).filter(({ data }) => data !== '')
  }
}

const parse = (block: string): ServerEvent => {
  const lines = block.split('\n')
  const all = (name: string): string[] =>
    lines.filter(line => line.startsWith(`${name}:`)).map(line => fieldText(line, name))
  return {
    event: all('event').at(-1) ?? 'message',
    id: all('id').at(-1) ?? null,
    data: all('data').join('\n'),
  }
}

const fieldText = (line: string, name: string): string => {
  const value = line.slice(name.length + 1)
  return value.startsWith(' ') ? value.slice(1) : value
}
