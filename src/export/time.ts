const formatters = new Map<string, Intl.DateTimeFormat>()

/** `2026-11-23 14:05:09 +08:00`, in the given zone. */
export function zonedTime(at: number, timeZone: string): string {
  let formatter = formatters.get(timeZone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    })
    formatters.set(timeZone, formatter)
  }
  const part = Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, value]))
  const { year, month, day, hour, minute, second, timeZoneName = 'GMT' } = part
  // The zero offset is written without its figures.
  const offset = timeZoneName.replace('GMT', '') || '+00:00'
  return `${year}-${month}-${day} ${hour}:${minute}:${second} ${offset}`
}
