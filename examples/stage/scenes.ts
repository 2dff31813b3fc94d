// Each example: what it needs beside it, how it is asked to work, and what it did in the end.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Application, type Done, doneOf, pathOf } from './application.ts'
import { follow, Mount } from './mount.ts'
import { nobodyReports, type Place } from './place.ts'
import { Readers } from './readers.ts'
import { Writer } from './writer.ts'

export interface Running {
  /** Ends it, and says what came of it. */
  end(): Promise<Done>
  kill(): void
}

export interface Scene {
  /** Nobody in it reports to the coordinator. */
  readonly alone?: boolean
  /** Settles once its work has begun. */
  start(place: Place): Promise<Running>
}

/** An application that works by itself, and says in its last line what it did. */
const working = async (program: string, env: Readonly<Record<string, string>>) => {
  const application = new Application(program, env)
  await application.ready()
  return {
    end: async () => doneOf(await application.ended()),
    kill: () => application.kill(),
  }
}

const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

const express: Scene = {
  async start(place) {
    const port = await freePort()
    const env = { KEYTURN_SOCKET: await place.sidecar(), PORT: `${port}` }
    const application = new Application('express/app.ts', { ...place.environment, ...env })
    await application.ready()
    const readers = new Readers(`http://127.0.0.1:${port}`)
    return {
      end: async () => {
        const done = await readers.end()
        await application.ended()
        return done
      },
      kill: () => application.kill(),
    }
  },
}

const changeFeed: Scene = {
  async start(place) {
    const socket = await place.sidecar()
    const env = { ...place.environment, KEYTURN_SOCKET: socket }
    const worker = await working('change-feed/worker.ts', env)
    const writer = new Writer(place.endpoint, socket)
    return {
      ...worker,
      end: async () => {
        const written = await writer.end()
        const { operations, failed } = await worker.end()
        return { operations, failed: failed + Math.abs(written - operations) }
      },
    }
  },
}

const mountedFiles: Scene = {
  alone: true,
  async start(place) {
    const mount = new Mount(join(place.stage.directory, 'keys'))
    const unfollow = await follow(place.environment, mount)
    const env = { ...place.environment, KEYS_DIRECTORY: mount.path }
    const application = await working('mounted-files/app.ts', env)
    return {
      ...application,
      end: async () => {
        const done = await application.end()
        await unfollow()
        return done
      },
    }
  },
}

const keyVault: Scene = {
  alone: true,
  start: place => working('key-vault/app.ts', place.environment),
}

const embedded: Scene = { start: place => working('embedded/app.ts', place.environment) }

const rendered = (file: object): readonly string[] => ['--render', JSON.stringify(file)]

const python: Scene = {
  async start(place) {
    const path = join(place.stage.directory, 'keys.json')
    const socket = await place.sidecar(rendered({ consumer: 'python', path, format: 'json' }))
    await place.appears(path)
    const env = { ...place.environment, KEYTURN_SOCKET: socket, KEYS_FILE: path }
    return working('python/app.py', env)
  },
}

const envFile: Scene = {
  async start(place) {
    const { directory } = place.stage
    const [pidFile, counts] = [join(directory, 'billing.pid'), join(directory, 'counts')]
    const path = join(directory, 'billing.env')
    const needed = {
      ...{ PID_FILE: pidFile, COUNTS_FILE: counts, NODE: process.execPath },
      NODE_EXTRA_CA_CERTS: join(directory, 'ca.pem'),
    }
    const settings = Object.entries(needed).map(([name, value]) => `${name}=${value}`)
    const command = ['env', ...settings, pathOf('env-file/restart.sh')]
    const file = { consumer: 'billing', path, format: 'env', onChange: { command }, pidFile }
    await place.sidecar(rendered(file))
    await place.appears(pidFile)
    const signal = (name: NodeJS.Signals): void =>
      void process.kill(Number(readFileSync(pidFile, 'utf8')), name)
    return {
      end: async () => {
        const before = linesOf(counts).length
        signal('SIGTERM')
        await place.until(() => linesOf(counts).length > before)
        return linesOf(counts).map(doneOf).reduce(sum)
      },
      kill: () => signal('SIGKILL'),
    }
  },
}

const linesOf = (file: string): readonly string[] => {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').filter(Boolean)
  } catch {
    return []
  }
}

const sum = (a: Done, b: Done): Done => ({
  operations: a.operations + b.operations,
  failed: a.failed + b.failed,
})

export const scenes: Readonly<Record<string, Scene>> = {
  express,
  'change-feed': changeFeed,
  'mounted-files': mountedFiles,
  'key-vault': keyVault,
  embedded,
  python,
  'env-file': envFile,
}

export const fleetOf = ({ alone = false }: Scene) => (alone ? nobodyReports : undefined)
