import { parseArgs, type ParseArgsConfig } from 'node:util'

/** A mistake of whoever called the command: printed without a stack, exit code 2. */
export class UsageError extends Error {}

/** A whole number from 1 on, given as the option `name`; undefined where it was not given. */
export function countOf(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new UsageError(`--${name} 应是正整数，而不是 ${value}。 --${name} takes a whole number from 1 on.`)
  return Number(value)
}

type Options = NonNullable<ParseArgsConfig['options']>

/**
 * Runs a command: prints `help` for --help, the message of a {@link UsageError} with exit code 2, of any other error
 * with exit code 1. Results go to standard output, everything else to standard error.
 */
export async function command<O extends Options>(
  help: string,
  options: O,
  main: (values: ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>['values'], files: string[]) => Promise<number | void>,
): Promise<void> {
  try {
    let parsed
    try {
      parsed = parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } }, allowPositionals: true })
    } catch (cause) {
      throw new UsageError((cause as Error).message)
    }
    if ((parsed.values as { help?: boolean }).help) {
      console.log(help.trim())
      return
    }
    process.exitCode = (await main(parsed.values as never, parsed.positionals)) ?? 0
  } catch (cause) {
    if (cause instanceof UsageError) {
      console.error(`${cause.message}\n\n${help.trim()}`)
      process.exitCode = 2
    } else {
      console.error(cause instanceof Error ? cause.message : String(cause))
      if (process.env['DEBUG']) console.error(cause)
      process.exitCode = 1
    }
  }
}
