import { createHash } from 'node:crypto'
import { coordinatorDescription } from '@keyturn/protocol'

/** What of the description a page shows. */
interface Description {
  readonly info: { readonly title: string; readonly description: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: object }[]
  readonly requestBody?: Content
  readonly responses: Readonly<Record<string, Content & { readonly description: string }>>
  readonly 'x-roles': readonly string[]
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 0 auto; padding: 1rem }
article { border-top: 1px solid #8884; padding: 1rem 0 }
h2 { font-size: 1.05rem; margin: 0 }
code, pre { font: 0.9rem/1.4 ui-monospace, monospace }
pre { overflow: auto; max-height: 28rem; padding: 0.75rem; background: #8881; border-radius: 0.4rem }
.method { text-transform: uppercase; font-weight: 700; display: inline-block; min-width: 3.5rem }
.roles { color: #777 }
table { border-collapse: collapse } td, th { text-align: left; padding: 0.15rem 1rem 0.15rem 0; vertical-align: top }
`

/** Of the page alone: nothing is fetched, and nothing runs. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256')
  .update(style)
  .digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** The API's description for people, in one page without scripts or anything from elsewhere. */
export const descriptionPage = (): string => {
  const { info, paths } = coordinatorDescription() as unknown as Description
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => articleOf(method, path, operation)),
  )
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(info.title)}</title><style>${style}</style></head>
<body>
<h1>${text(info.title)}</h1>
<p>${text(info.description)}</p>
<p>The same for machines, as OpenAPI 3.1: <a href="openapi.json">openapi.json</a></p>
${operations.join('\n')}
</body>
</html>
`
}

const articleOf = (method: string, path: string, operation: Operation): string => {
  const { operationId, summary, parameters = [], requestBody, responses } = operation
  const roles = operation['x-roles']
  return `<article id="${text(operationId)}">
<h2><span class="method">${text(method)}</span> <code>${text(path)}</code></h2>
<p>${text(summary)}. <span class="roles">${roles.length === 0 ? 'Anybody.' : `For: ${text(roles.join(', '))}.`}</span></p>
${parameters.length === 0 ? '' : tableOf(parameters.map(parameterRow))}
${requestBody ? schemasOf('Body', requestBody) : ''}
${Object.entries(responses)
  .map(([status, response]) =>
    status === '200'
      ? schemasOf('Answer', response)
      : `<p><code>${text(status)}</code> ${text(response.description)}</p>`,
  )
  .join('\n')}
</article>`
}

const parameterRow = (parameter: NonNullable<Operation['parameters']>[number]): string => {
  const { name, required, schema } = parameter
  const where = `${parameter.in}${required ? '' : ', optional'}`
  return `<tr><td><code>${text(name)}</code></td><td>${text(where)}</td><td><code>${text(JSON.stringify(schema))}</code></td></tr>`
}

const tableOf = (rows: readonly string[]): string => `<table>${rows.join('')}</table>`

const schemasOf = (label: string, { content = {} }: Content): string =>
  Object.entries(content)
    .map(([type, { schema }]) =>
      schema === undefined
        ? `<p>${label}: <code>${text(type)}</code></p>`
        : `<details><summary>${label}: <code>${text(type)}</code></summary><pre>${text(JSON.stringify(schema, null, 2))}</pre></details>`,
    )
    .join('\n')

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const text = (raw: string): string => raw.replace(/[&<>"']/g, each => entities[each] ?? '')
