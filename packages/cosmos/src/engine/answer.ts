import type { PipelineResponse } from '@azure/core-rest-pipeline'
import { classifyAnswer, type Verdict } from '@keyturn/core'

export const substatusOf = ({ headers }: PipelineResponse): number | null => {
  const text = headers.get('x-ms-substatus')
  return text === undefined ? null : Number.parseInt(text, 10)
}

/** What an answer says about the key; the healthy path reads neither headers nor body. */
export const judge = (response: PipelineResponse): Verdict => {
  const { status } = response
  if (status < 300) return classifyAnswer({ status, substatus: null, text: '' })
  const text = response.bodyAsText ?? ''
  return classifyAnswer({ status, substatus: substatusOf(response), text })
}
