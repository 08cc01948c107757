/** What came of one property. */
export interface Tally {
  tries: number
  losses: number
  /** How the first loss came about. */
  first?: string
}
