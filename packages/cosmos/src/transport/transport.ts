import type { PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline'

/** What an attempt adds to the SDK's request. */
export interface Signature {
  readonly authorization: string
  /** `x-ms-date`, as signed. */
  readonly date: string
}

/** One network attempt. Errors are those that the SDK's retry policies know. */
export interface Transport {
  /** How many attempts may be on the wire to one endpoint; `Infinity`: it does not say. */
  readonly connections: number
  /** @param signature `null` sends the request as it is. */
  send(request: PipelineRequest, signature: Signature | null): Promise<PipelineResponse>
  close(): Promise<void>
}
