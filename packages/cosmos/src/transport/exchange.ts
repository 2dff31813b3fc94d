import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import type { PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline'
import type { Dispatcher } from 'undici'
import type { Lane } from './connections.ts'
import { AbortError, sdkError } from './errors.ts'
import type { Arrived, HandOver } from './hand-over.ts'
import { ReceivedHeaders } from './headers.ts'

const decoders: ReadonlyMap<string | undefined, (data: Buffer) => Promise<Buffer>> = new Map([
  ['gzip', promisify<Buffer, Buffer>(gunzip)],
  ['deflate', promisify<Buffer, Buffer>(inflate)],
  ['br', promisify<Buffer, Buffer>(brotliDecompress)],
])

/**
 * One request and its answer on undici's dispatcher, without the cost of a body stream.
 *
 * undici 7 still hands out headers as they came. Its other form of handler, the only one of
 * undici 8, gets them as an object that was made for each answer, name by name: a tenth of the CPU
 * of a whole operation (docs/performance.md).
 */
export class Exchange implements Dispatcher.DispatchHandler, Arrived {
  readonly answer: Promise<PipelineResponse>
  readonly #request: PipelineRequest
  readonly #lane: Lane
  readonly #handOver: HandOver
  readonly #settle: PromiseWithResolvers<PipelineResponse>
  readonly #onAbort: (() => void) | null
  #abandon: ((reason: Error) => void) | null = null
  #status = 0
  #headers: Buffer[] = []
  readonly #chunks: Buffer[] = []
  #over = false

  constructor(request: PipelineRequest, lane: Lane, handOver: HandOver) {
    this.#request = request
    this.#lane = lane
    this.#handOver = handOver
    handOver.opened()
    this.#settle = Promise.withResolvers()
    this.answer = this.#settle.promise
    const signal = request.abortSignal
    this.#onAbort = signal ? () => this.#abort() : null
    if (this.#onAbort) signal?.addEventListener('abort', this.#onAbort)
  }

  onConnect(abort: (reason: Error) => void): void {
    this.#abandon = abort
    if (this.#over) abort(new AbortError())
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    // What is only informative comes before the answer.
    if (status >= 200) {
      this.#status = status
      this.#headers = headers
    }
    return true
  }

  onData(chunk: Buffer): boolean {
    this.#chunks.push(chunk)
    return true
  }

  onComplete(): void {
    if (!this.#over) this.#handOver.arrived(this)
  }

  handOn(): void {
    // Given up between its arrival and now.
    if (this.#over) return
    this.#end()
    this.#lane.release()
    try {
      this.#settle.resolve(this.#read())
    } catch (error) {
      // Others are handed on after this one: what cannot be read is its own caller's error alone.
      this.#settle.reject(this.#unreadable(error))
    }
  }

  onError(error: Error): void {
    this.fail(error)
  }

  fail(error: Error): void {
    if (this.#over) return
    this.#end()
    this.#lane.release()
    this.#settle.reject(sdkError(error, this.#request))
  }

  #abort(): void {
    if (this.#over) return
    const error = new AbortError()
    if (this.#abandon) {
      this.#abandon(error)
      this.fail(error)
      return
    }
    // Before a connection is found there is nothing to abandon; the caller need not wait for one.
    this.#end()
    this.#settle.reject(error)
    this.#lane.discard()
  }

  #read(): PipelineResponse | Promise<PipelineResponse> {
    const [first] = this.#chunks
    const body =
      first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks)
    const headers = new ReceivedHeaders(this.#headers)
    const decode = decoders.get(headers.get('content-encoding'))
    return decode === undefined
      ? this.#response(headers, body)
      : this.#decoded(headers, decode(body))
  }

  async #decoded(headers: ReceivedHeaders, decoding: Promise<Buffer>): Promise<PipelineResponse> {
    try {
      return this.#response(headers, await decoding)
    } catch (error) {
      throw this.#unreadable(error)
    }
  }

  #unreadable(error: unknown): unknown {
    return error instanceof Error ? sdkError(error, this.#request) : error
  }

  #response(headers: ReceivedHeaders, body: Buffer): PipelineResponse {
    return {
      request: this.#request,
      status: this.#status,
      headers,
      bodyAsText: body.toString('utf8'),
    }
  }

  #end(): void {
    this.#over = true
    this.#handOver.ended()
    if (this.#onAbort) this.#request.abortSignal?.removeEventListener('abort', this.#onAbort)
  }
}
