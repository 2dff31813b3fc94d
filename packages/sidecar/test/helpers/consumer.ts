import { readFileSync, writeFileSync } from 'node:fs'

/**
 * An application in another language, reduced to what matters: it reads its rendered file once,
 * when it starts, and says under which pid it did. Arguments: file, pid file.
 */
const [, , file = '', pidFile = ''] = process.argv
const seen = readFileSync(file, 'utf8')
writeFileSync(`${pidFile}.seen`, seen)
// Last: whoever finds it may look at the other one.
writeFileSync(pidFile, `${process.pid}\n`)
setInterval(() => undefined, 60_000)
