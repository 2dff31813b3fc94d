import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import type { PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline'
import type { Dispatcher } from 'undici'
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
  readonly #onAbort: (() => void) | null
  #resolve: (response: PipelineResponse | Promise<PipelineResponse>) => void = () => {}
  #reject: (error: Error) => void = () => {}
  #controller: Dispatcher.DispatchController | null = null
  #status = 0
  #headers: IncomingHeaders = {}
  readonly #chunks: Buffer[] = []

  constructor(request: PipelineRequest) {
    this.#request = request
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    const signal = request.abortSignal
    this.#onAbort = signal ? () => this.#abort() : null
    if (this.#onAbort) signal?.addEventListener('abort', this.#onAbort)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#request.abortSignal?.aborted) controller.abort(new AbortError())
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
    this.#end()
    const [first] = this.#chunks
    const body =
      first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks)
    const encoding = this.#headers['content-encoding']
    const decode = typeof encoding === 'string' ? decoders[encoding] : undefined
    this.#resolve(decode === undefined ? this.#response(body) : this.#decoded(decode(body)))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error)
  }

  fail(error: Error): void {
    this.#end()
    this.#reject(sdkError(error, this.#request))
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

  #abort(): void {
    const error = new AbortError()
    // Before a connection is found there is no controller; the caller need not wait for one.
    if (this.#controller) this.#controller.abort(error)
    this.fail(error)
  }

  #end(): void {
    if (this.#onAbort) this.#request.abortSignal?.removeEventListener('abort', this.#onAbort)
  }
}
