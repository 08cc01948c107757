import { normalize } from '../text/normalize.ts'
import type { Practice } from '../types.ts'

interface Bilingual {
  zh: string
  en: string
}

/** What such posts promise, and what is true. Facts: models/policy.md and the rules it names; none is legal advice. */
export interface FalsePromise {
  id: string
  /** Words that make it, in normalised text. */
  words: RegExp
  /** Practices that live on it, also where the words are disguised. */
  of: readonly Practice[]
  promise: Bilingual
  fact: Bilingual
}

export const PROMISES: readonly FalsePromise[] = [
  {
    id: 'interest',
    words: /停[息催]|挂账|止[息催]|免息|减免|只还本金|个性化分期|分\s*60\s*期|债务优化|债务重组|债务规划/,
    of: ['debt_ad', 'alliance_recruit'],
    promise: { zh: '“交给我们就能停息、停催”', en: '“We will stop the interest and the calls”' },
    fact: {
      zh: '分期要由本人和银行协商，银行不收代办费。银行同意的话，信用卡最长分五年。',
      en: 'Only you and the bank can agree on instalments, and asking costs nothing. Special instalments for a card, where the bank agrees, last at most five years.',
    },
  },
  {
    id: 'afterwards',
    words: /先办后付|不成功不收|不成不收|无效退|办不成|没下款不收|成功再付|免费咨询|公益/,
    of: [],
    promise: { zh: '“不成功不收费”', en: '“No success, no fee”' },
    fact: {
      zh: '后面常跟着定金和“加急费”，还留下你的证件。',
      en: 'What often follows is a deposit, a paper fee and a rush fee, and they keep your documents and logins.',
    },
  },
  {
    id: 'record',
    words: /征信|联征|洗白|修复|消除|删除逾期|撤销|异议|信用报告|credit report/i,
    of: ['credit_repair'],
    promise: { zh: '“花钱就能消掉逾期记录”', en: '“Pay and the bad record disappears”' },
    fact: {
      zh: '花钱删不掉真实的记录，一般还清五年后消除。有错可免费申请更正。',
      en: 'Money does not delete a true record; in mainland China it usually goes five years after you repay. Correcting errors is free.',
    },
  },
  {
    id: 'anyone',
    words: /黑户|白户|无视|必下|百分百|包下|秒批|不看征信|不查|强开|包装|流水|AB贷|融车|垫资/i,
    of: ['loan_broker'],
    promise: { zh: '“黑户也能下，不看征信”', en: '“Approved whatever your record”' },
    fact: {
      zh: '正规贷款都要审核，放款前不收费。包装的资料由签字的人负责。',
      en: 'Every licensed lender checks applicants and charges nothing before paying out. Whoever signs answers for dressed-up papers.',
    },
  },
  {
    id: 'papers',
    words: /证明|病历|诊断|流水|公章|盖章|薪转|在职|贫困|失业/,
    of: ['forged_proof', 'script_kit'],
    promise: { zh: '“证明、话术我们都备好”', en: '“We have the papers and the words ready”' },
    fact: {
      zh: '银行会核实。材料不实，协商就作废，还要自己承担后果。',
      en: 'Lenders verify. False papers end the talks, and you bear the consequences.',
    },
  },
  {
    id: 'surrender',
    words: /退保|保费|保单|退息|退费|投诉|投素|举报|監管|监管|12378/,
    of: ['proxy_complaint'],
    promise: { zh: '“代你投诉，全额退款”', en: '“We complain for you, full refund”' },
    fact: {
      zh: '投诉和退保都能自己办。代理往往抽走一大笔，还拿走你的资料。',
      en: 'You can complain or cancel yourself. Agents often keep a large share, and your papers.',
    },
  },
  {
    id: 'bearer',
    words: /背债|背贷|背房|名下|挂名|法人|信用变现|征信变现|人头|nominee/i,
    of: ['debt_bearer'],
    promise: { zh: '“背一笔，不用你还”', en: '“Carry a loan, no need to repay”' },
    fact: {
      zh: '贷款签谁的名就由谁还。中间人分走大头后往往失联。',
      en: 'Whoever signs the loan repays it. The middlemen take most of the money and vanish.',
    },
  },
  {
    id: 'vanish',
    words: /换卡|换号|失联|不接|拉黑|起诉|上门|爆通讯录|转移|反催|强制/,
    of: ['evasion_tutorial'],
    promise: { zh: '“躲过去就不用还了”', en: '“Hide and you need not repay”' },
    fact: {
      zh: '利息和违约金照样累计，失联会让协商更难、更容易被起诉。',
      en: 'Interest and penalties keep growing; being out of reach makes talks harder and a lawsuit likelier.',
    },
  },
  {
    id: 'income',
    words: /收徒|加盟|代理|合伙|带你|日入|月入|学员|招募|进群/,
    of: ['alliance_recruit'],
    promise: { zh: '“学会了带你赚钱”', en: '“Learn it and earn”' },
    fact: {
      zh: '学费先进他们口袋；照着做，责任由动手的人承担。',
      en: 'They get the fee first; whoever acts on the lessons answers for it.',
    },
  },
]

/** Most that one answer names. */
const MOST = 3

/** The promises that a flagged text makes, those in its own words first; at least one where a practice lives on one. */
export function promisesOf(text: string, practices: readonly Practice[]): FalsePromise[] {
  const plain = normalize(text).text
  const fitting = PROMISES.filter(({ of, words }) => (of.length === 0 || of.some((practice) => practices.includes(practice))) && words.test(plain))
  const usual = PROMISES.filter(({ of }) => of.some((practice) => practices.includes(practice)))
  return [...new Set([...fitting, ...(fitting.some(({ of }) => of.length > 0) ? [] : usual.slice(0, 1))])].slice(0, MOST)
}
