import type { Gauge, Registry } from 'prom-client'
import { metrics, type Read } from './catalogue.ts'
import type { View } from './view.ts'

const fill = (gauge: Gauge<string>, value: ReturnType<Read>): void => {
  gauge.reset()
  if (typeof value === 'number') gauge.set(value)
  else if (value === null) gauge.remove()
  else for (const [labels, each] of value) gauge.set(labels, each)
}

/** What Prometheus scrapes. The library is loaded when somebody asks for the first time. */
export class MetricsPage {
  readonly #view: View
  #registry: Promise<Registry> | null = null

  constructor(view: View) {
    this.#view = view
  }

  async print(): Promise<{ readonly type: string; readonly text: string }> {
    this.#registry ??= this.#register()
    const registry = await this.#registry
    return { type: registry.contentType, text: await registry.metrics() }
  }

  async #register(): Promise<Registry> {
    const { default: client } = await import('prom-client')
    const registry = new client.Registry()
    const view = this.#view
    for (const { name, help, type, labels = [], read } of metrics) {
      const options = { name, help, labelNames: [...labels], registers: [registry] }
      if (type === 'gauge') {
        new client.Gauge({
          ...options,
          collect() {
            fill(this, read(view))
          },
        })
      } else {
        new client.Counter({
          ...options,
          collect() {
            this.reset()
            const value = read(view)
            if (typeof value === 'number') this.inc(value)
            else for (const [each, count] of value ?? []) this.inc(each, count)
          },
        })
      }
    }
    return registry
  }
}
