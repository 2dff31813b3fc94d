import type {
  ApiException,
  CoreV1Api,
  KubeConfig,
  RequestContext,
  ResponseContext,
  Watch,
} from '@kubernetes/client-node'
import { inShort } from '../../azure/azure-error.ts'
import { type KubeApi, KubeError, type Selected } from './api.ts'

type Kubernetes = typeof import('@kubernetes/client-node')

const pageSize = 500

/** A request that takes longer has failed. */
const answerMsMax = 10_000

/**
 * The server ends a watch after so long, and sends a bookmark just before: shorter than the 30 s
 * after which the client gives up a connection on which nothing arrives.
 */
const watchSeconds = 24

/**
 * Kubernetes' own client, loaded only where a policy asks for Kubernetes: it weighs 90 MB.
 * @param kubeconfig a file; without it, the service account of the pod that this runs in
 */
export const openKubeApi = async (kubeconfig: string | undefined): Promise<KubeApi> => {
  const kubernetes = await import('@kubernetes/client-node')
  const config = new kubernetes.KubeConfig()
  if (kubeconfig === undefined) config.loadFromCluster()
  else config.loadFromFile(kubeconfig)
  return new Client(config, kubernetes)
}

class Client implements KubeApi {
  readonly #core: CoreV1Api
  readonly #watch: Watch

  readonly #kubernetes: Kubernetes

  constructor(config: KubeConfig, kubernetes: Kubernetes) {
    this.#kubernetes = kubernetes
    this.#core = config.makeApiClient(kubernetes.CoreV1Api)
    this.#watch = new kubernetes.Watch(config)
  }

  async listPods({ namespace, selector }: Selected, page: string | undefined, signal: AbortSignal) {
    const paging = page === undefined ? {} : { _continue: page }
    const asked = { namespace, labelSelector: selector, limit: pageSize, ...paging }
    return this.#core.listNamespacedPod(asked, ending(this.#kubernetes, signal)).catch(fail)
  }

  async readNode(name: string, signal: AbortSignal): Promise<unknown> {
    return this.#core.readNode({ name }, ending(this.#kubernetes, signal)).catch(error => {
      if (statusOf(error) === 404) return null
      return fail(error)
    })
  }

  watchPods(
    { namespace, selector }: Selected,
    version: string,
    onEvent: (type: string, object: unknown) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
    const query = {
      labelSelector: selector,
      resourceVersion: version,
      allowWatchBookmarks: true,
      timeoutSeconds: watchSeconds,
    }
    return new Promise((resolve, reject) => {
      let abort = (): void => {}
      const end = (settle: () => void): void => {
        signal.removeEventListener('abort', onAbort)
        abort()
        settle()
      }
      const onAbort = (): void => end(resolve)
      if (signal.aborted) return resolve()
      signal.addEventListener('abort', onAbort, { once: true })
      // What is thrown in a callback of the client's is swallowed there.
      const hear = (type: string, object: unknown): void => {
        try {
          onEvent(type, object)
        } catch (error) {
          end(() => reject(error))
        }
      }
      const ended = (error: unknown): void =>
        end(() => (error ? reject(kubeError(error)) : resolve()))
      this.#watch.watch(path, query, hear, ended).then(controller => {
        abort = () => controller.abort()
        if (signal.aborted) abort()
      }, ended)
    })
  }
}

/** Ends a request with the signal, or after the longest that an answer may take. */
const ending = (kubernetes: Kubernetes, signal: AbortSignal) => ({
  middleware: [
    {
      pre: (request: RequestContext) => {
        request.setSignal(AbortSignal.any([signal, AbortSignal.timeout(answerMsMax)]))
        return new kubernetes.Observable(Promise.resolve(request))
      },
      post: (response: ResponseContext) => new kubernetes.Observable(Promise.resolve(response)),
    },
  ],
  middlewareMergeStrategy: 'append' as const,
})

const statusOf = (error: unknown): number | null => {
  const { code, statusCode } = (error ?? {}) as Partial<ApiException<unknown>> & {
    readonly statusCode?: unknown
  }
  const status = typeof statusCode === 'number' ? statusCode : code
  return typeof status === 'number' ? status : null
}

const fail = (error: unknown): never => {
  throw kubeError(error)
}

/** Kubernetes' own sentence where it sent one; never headers, which hold the token. */
const kubeError = (error: unknown): KubeError => {
  const status = statusOf(error)
  const message = sentenceOf(error)
  if (message !== null) return new KubeError(status, message)
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return new KubeError(status, status === null ? inShort(cause) : `HTTP ${status}`)
}

const sentenceOf = (error: unknown): string | null => {
  const body = (error as { readonly body?: unknown } | null)?.body
  try {
    const { message } = typeof body === 'string' ? JSON.parse(body) : (body ?? {})
    return typeof message === 'string' ? message.slice(0, 300) : null
  } catch {
    return null
  }
}
