import { fork } from 'node:child_process'
import { join } from 'node:path'

/** A process that runs a script of this folder and talks in words. It ends when it is stopped, or with this process. */
export interface Child<Word extends { readonly word: string }> {
  tell(message: object): void
  /** The next word, which must be this one. @throws Error for another one, or when the process ends first */
  next<Name extends Word['word']>(name: Name): Promise<Extract<Word, { readonly word: Name }>>
  stop(): Promise<void>
}

export function startChild<Word extends { readonly word: string }>(
  script: string,
  args: readonly string[],
): Child<Word> {
  const child = fork(join(import.meta.dirname, script), args)
  const said: Word[] = []
  let heard = Promise.withResolvers<void>()
  let ended = false
  child.on('message', (word: Word) => {
    said.push(word)
    heard.resolve()
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void exited.then(() => {
    ended = true
    heard.resolve()
  })

  return {
    tell: (message) => void child.send(message),
    async next<Name extends Word['word']>(name: Name) {
      while (said.length === 0 && !ended) {
        await heard.promise
        heard = Promise.withResolvers()
      }
      const word = said.shift()
      if (!isNamed(word, name))
        throw new Error(`${script} should have said ${name}, and said ${word?.word ?? 'nothing'}`)
      return word
    },
    async stop() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}

function isNamed<Word extends { readonly word: string }, Name extends Word['word']>(
  word: Word | undefined,
  name: Name,
): word is Extract<Word, { readonly word: Name }> {
  return word?.word === name
}
