import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import type { PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline'
import type { Dispatcher } from 'undici'
import type { Lane } from './connections.ts'
import { AbortError, sdkError } from './errors.ts'
import { ReceivedHeaders } from './headers.ts'

const decoders: Readonly<Record<string, (data: Buffer) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}

type IncomingHeaders = Record<string, string | string[] | undefined>

/** One request and its answer on undici's dispatcher, without the cost of a body stream. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<PipelineResponse>
  readonly #request: PipelineRequest
  readonly #lane: Lane
  readonly #settle: PromiseWithResolvers<PipelineResponse>
  readonly #onAbort: (() => void) | null
  #controller: Dispatcher.DispatchController | null = null
  #status = 0
  #headers: IncomingHeaders = {}
  readonly #chunks: Buffer[] = []
  #over = false

  constructor(request: PipelineRequest, lane: Lane) {
    this.#request = request
    this.#lane = lane
    this.#settle = Promise.withResolvers()
    this.answer = this.#settle.promise
    const signal = request.abortSignal
    this.#onAbort = signal ? () => this.#abort() : null
    if (this.#onAbort) signal?.addEventListener('abort', this.#onAbort)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#over) controller.abort(new AbortError())
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHeaders,
  ): void {
    if (status < 200) return
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    if (this.#over) return
    this.#end()
    this.#lane.release()
    const [first] = this.#chunks
    const body =
      first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks)
    const encoding = this.#headers['content-encoding']
    const decode = typeof encoding === 'string' ? decoders[encoding] : undefined
    this.#settle.resolve(decode === undefined ? this.#response(body) : this.#decoded(decode(body)))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
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
    if (this.#controller) {
      this.#controller.abort(error)
      this.fail(error)
      return
    }
    // Before a connection is found there is no controller; the caller need not wait for one.
    this.#end()
    this.#settle.reject(error)
    this.#lane.discard()
  }

  async #decoded(decoding: Promise<Buffer>): Promise<PipelineResponse> {
    try {
      return this.#response(await decoding)
    } catch (error) {
      throw error instanceof Error ? sdkError(error, this.#request) : error
    }
  }

  #response(body: Buffer): PipelineResponse {
    return {
      request: this.#request,
      status: this.#status,
      headers: new ReceivedHeaders(this.#headers),
      bodyAsText: body.toString('utf8'),
    }
  }

  #end(): void {
    this.#over = true
    if (this.#onAbort) this.#request.abortSignal?.removeEventListener('abort', this.#onAbort)
  }
}
