import { CHANNELS, type Channel } from './help.ts'
import type { Form, Practice } from '../types.ts'

/** Who reports: someone who only saw it, someone who paid or handed over papers, someone whose work it is. */
export const ROLES = ['reader', 'victim', 'moderator'] as const
export type Role = (typeof ROLES)[number]

/** Where a report can go: the platform's own form, the bank or payment service that the money went through, or an official channel of {@link CHANNELS}. */
export type Destination = 'platform' | 'lender' | Channel['id']

/** Why this one: a key of the message catalogue. */
export type Reason = 'route_takeDown' | 'route_stopPayment' | 'route_police' | 'route_fraud' | 'route_content' | 'route_finance' | 'route_credit' | 'route_refund'

export interface Route {
  to: Destination
  reason: Reason
  /** Page of the channel; '' where there is only a number, or a form inside the platform. */
  url: string
  /** Longest text that this channel takes, in characters; ours where the form states none, short enough to be read out. */
  limit: number
}

const LIMITS: Partial<Record<Destination, number>> = { platform: 200, lender: 300, '96110': 120, '110': 120 }
const USUAL_LIMIT = 500

const route = (to: Destination, reason: Reason): Route => ({
  to,
  reason,
  url: CHANNELS.find(({ id }) => id === to)?.source ?? '',
  limit: LIMITS[to] ?? USUAL_LIMIT,
})

/** What the practice preys on decides which office beside the platform and the police is concerned. */
const CONCERNED: Record<Practice, Route> = {
  debt_ad: route('96110', 'route_fraud'),
  evasion_tutorial: route('12377', 'route_content'),
  script_kit: route('12377', 'route_content'),
  forged_proof: route('96110', 'route_fraud'),
  proxy_complaint: route('12378', 'route_finance'),
  debt_bearer: route('96110', 'route_fraud'),
  loan_broker: route('96110', 'route_fraud'),
  credit_repair: route('12363', 'route_credit'),
  alliance_recruit: route('12377', 'route_content'),
}

/**
 * Channels for a report, best first; the first is the one to begin with. A tutorial is content to be taken down, an
 * advert is also a lead about whoever offers; money that is gone comes before everything else.
 */
export function routesFor(practice: Practice | null, form: Form | null, role: Role): Route[] {
  const concerned = practice ? CONCERNED[practice] : route('12377', 'route_content')
  const content = route('12377', 'route_content')
  const platform = route('platform', 'route_takeDown')
  const routes =
    role === 'victim'
      ? [route('110', 'route_police'), route('lender', 'route_stopPayment'), route('96110', 'route_fraud'), route('12315', 'route_refund'), platform]
      : form === 'tutorial'
        ? [platform, content, concerned]
        : role === 'moderator'
          ? [platform, concerned, content, route('96110', 'route_fraud')]
          : [platform, concerned, content]
  return routes.filter(({ to }, index) => routes.findIndex((one) => one.to === to) === index)
}
