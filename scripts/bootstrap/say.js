/** Something that a person can put right: one sentence, and no stack. */
export class Refusal extends Error {
  /**
   * @param {string} sentence
   * @param {number} [exitCode]
   */
  constructor(sentence, exitCode = 1) {
    super(sentence)
    this.exitCode = exitCode
  }
}

/**
 * To standard error: standard output belongs to the command that starts after this.
 *
 * @param {string} sentence
 */
export const say = sentence => {
  process.stderr.write(`keyturn: ${sentence}\n`)
}

/**
 * Says what is going on when it takes longer than two seconds, and then every 20 seconds.
 *
 * @param {string} sentence
 * @returns {() => void} stops it
 */
export const sayIfSlow = sentence => {
  const began = Date.now()
  const tell = () => {
    const seconds = Math.round((Date.now() - began) / 1000)
    say(seconds < 10 ? `${sentence} …` : `${sentence} … (${seconds} s)`)
  }
  const first = setTimeout(tell, 2_000)
  const next = setInterval(tell, 20_000)
  return () => {
    clearTimeout(first)
    clearInterval(next)
  }
}
