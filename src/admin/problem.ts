import { STATUS_OF, type ProblemBody, type ProblemCode } from './contract/problem.ts'

/** A request that cannot be answered as it is. Never leaves the admin API: it becomes a response. */
export class Problem extends Error {
  readonly problem: ProblemCode
  readonly issues: ProblemBody['issues']
  readonly headers: Readonly<Record<string, string>>

  constructor(
    problem: ProblemCode,
    detail: string,
    more: { readonly issues?: ProblemBody['issues']; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail)
    this.problem = problem
    this.issues = more.issues
    this.headers = more.headers ?? {}
  }

  get status(): number {
    return STATUS_OF[this.problem]
  }

  body(): ProblemBody {
    const { problem: code, status, message: detail, issues } = this
    const title = code.replaceAll('-', ' ').replace(/^./, (first) => first.toUpperCase())
    return { type: `urn:holdfast:problem:${code}`, title, status, code, detail, ...(issues && { issues }) }
  }
}
