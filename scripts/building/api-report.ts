import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  ExtractorMessageCategory,
} from '@microsoft/api-extractor'
import { buildPackage } from './build-package.ts'
import { copySources } from './copy-sources.ts'
import { neededBy } from './order.ts'

export interface ApiReport {
  /** The public surface of a package as a user's compiler sees it, in Markdown. */
  readonly text: string
  /** What is wrong with it, such as an export without a docstring; every one is an error. */
  readonly complaints: readonly string[]
}

/** The package whose surface is held by a committed report, and where that is. */
export const reported = {
  name: '@keyturn/cosmos',
  file: 'packages/cosmos/review/cosmos.api.md',
} as const

const error = { logLevel: ExtractorLogLevel.Error, addToApiReportFile: false }
const none = { logLevel: ExtractorLogLevel.None, addToApiReportFile: false }

/**
 * Builds the package in a copy of the repository and writes its report there.
 *
 * @param work an empty folder outside of the repository
 */
export const apiReport = (root: string, work: string): ApiReport => {
  const copy = copySources(root, work)
  const needed = neededBy(copy, reported.name)
  for (const { folder } of needed) buildPackage(copy, folder)
  const folder = needed.at(-1)?.folder ?? ''
  const review = join(work, 'review')
  mkdirSync(review)
  const complaints: string[] = []
  Extractor.invoke(ExtractorConfig.prepare(configOf(join(copy, folder), review)), {
    localBuild: true,
    messageCallback: message => {
      message.handled = true
      if (message.category === ExtractorMessageCategory.Console) return
      if (message.logLevel !== 'error' && message.logLevel !== 'warning') return
      const { sourceFilePath: file = '', sourceFileLine: line = 0, messageId, text } = message
      complaints.push(`${file.replace(copy, '')}:${line} ${messageId}: ${text}`)
    },
  })
  const text = readFileSync(join(review, 'cosmos.api.md'), 'utf8').replaceAll('\r\n', '\n')
  return { text, complaints }
}

const configOf = (
  folder: string,
  review: string,
): Parameters<typeof ExtractorConfig.prepare>[0] => ({
  configObjectFullPath: join(folder, 'api-extractor.json'),
  packageJsonFullPath: join(folder, 'package.json'),
  configObject: {
    projectFolder: folder,
    mainEntryPointFilePath: join(folder, 'dist/index.d.ts'),
    compiler: {
      overrideTsconfig: {
        compilerOptions: {
          module: 'nodenext',
          target: 'es2024',
          strict: true,
          types: ['node'],
          skipLibCheck: true,
        },
        files: [join(folder, 'dist/index.d.ts')],
      },
    },
    apiReport: {
      enabled: true,
      reportFileName: 'cosmos.api.md',
      reportFolder: review,
      reportTempFolder: join(review, 'temp'),
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: {
      compilerMessageReporting: { default: error },
      extractorMessageReporting: {
        default: error,
        'ae-undocumented': error,
        // Everything that is exported is public; nothing is released by another tag.
        'ae-missing-release-tag': none,
      },
      tsdocMessageReporting: { default: error },
    },
  },
})
