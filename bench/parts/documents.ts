/** Documents as caches hold them, of about so many bytes as JSON, the same for the same seed. */
export type Shape = 'requirement' | 'text' | 'numbers' | 'points'

export const SHAPES: readonly Shape[] = ['requirement', 'text', 'numbers', 'points']

export function documentOf(shape: Shape, bytes: number, random: () => number): unknown {
  const whole = (below: number): number => Math.floor(random() * below)
  const word = (): string => Array.from({ length: 3 + whole(8) }, () => String.fromCharCode(97 + whole(26))).join('')
  const sentence = (length: number): string => {
    let text = word()
    while (text.length < length) text += ` ${word()}`
    return text
  }
  const list = <T>(length: number, make: () => T): readonly T[] => Array.from({ length: Math.floor(length) }, make)
  switch (shape) {
    case 'requirement':
      return {
        id: `FR-${whole(1e6)}`,
        title: sentence(40),
        priority: whole(5),
        done: random() < 0.5,
        owner: null,
        items: list((bytes - 110) / 115, () => ({
          id: whole(1e6),
          name: sentence(20),
          note: sentence(30),
          weight: random(),
        })),
      }
    case 'text':
      return { id: whole(1e6), body: sentence(bytes - 25) }
    case 'numbers':
      return list(bytes / 8, () => whole(1e7))
    case 'points':
      return { points: list(bytes / 50, () => ({ x: random(), y: random() })) }
  }
}
