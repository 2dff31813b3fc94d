/** The few requests that are made of a Kubernetes API. What comes back is not trusted yet. */
export interface KubeApi {
  /** One page. @param page the token of the page before it */
  listPods(pods: Selected, page: string | undefined, signal: AbortSignal): Promise<unknown>
  /**
   * Every event after `version`, until the server ends the watch, which it does by itself, or the
   * signal fires. @throws {KubeError} where it broke off, or was refused
   */
  watchPods(
    pods: Selected,
    version: string,
    onEvent: (type: string, object: unknown) => void,
    signal: AbortSignal,
  ): Promise<void>
  /** `null`: there is no such node. */
  readNode(name: string, signal: AbortSignal): Promise<unknown>
}

export interface Selected {
  readonly namespace: string
  /** A label selector. */
  readonly selector: string
}

export class KubeError extends Error {
  readonly code = 'KUBERNETES_FAILED'
  override readonly name = 'KubeError'
  /** HTTP's, or that of the `Status` within a watch; `null`: there was no answer. */
  readonly status: number | null

  constructor(status: number | null, message: string) {
    super(message)
    this.status = status
  }
}
