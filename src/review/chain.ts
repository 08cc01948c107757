import { PRACTICES, type Practice } from '../types.ts'

/** The steps of the trade, from the first contact to the side trades, as public descriptions of the chain order them. */
export const STAGES = ['recruiting', 'teaching', 'scripting', 'forging', 'negotiating', 'side'] as const
export type Stage = (typeof STAGES)[number]

const STAGE: Record<Practice, Stage> = {
  alliance_recruit: 'recruiting',
  evasion_tutorial: 'teaching',
  script_kit: 'scripting',
  forged_proof: 'forging',
  debt_ad: 'negotiating',
  proxy_complaint: 'negotiating',
  debt_bearer: 'side',
  loan_broker: 'side',
  credit_repair: 'side',
}

/** Which steps of the chain a post's practices belong to, in the chain's order. */
export const stagesOf = (practices: readonly Practice[]): Stage[] =>
  STAGES.filter((stage) => PRACTICES.some((practice) => practices.includes(practice) && STAGE[practice] === stage))
