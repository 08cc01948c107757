import type { Practice } from '../types.ts'

interface Bilingual {
  zh: string
  en: string
}

/** An official channel in mainland China. Anyone may call; none of them asks for money or a verification code. */
export interface Channel {
  /** The number to dial. */
  id: '96110' | '12378' | '12363' | '12377' | '12315' | '110'
  name: Bilingual
  purpose: Bilingual
  /** When it is the right one. */
  when: Bilingual
  /** Site of the office that runs it. */
  source: string
}

/** Day on which names, numbers and purposes were last gone through. */
export const CHECKED = '2026-11-23'

export const CHANNELS: readonly Channel[] = [
  {
    id: '96110',
    name: { zh: '反诈预警劝阻专线', en: 'Anti-fraud line' },
    purpose: { zh: '公安机关的反诈专线，可咨询，也可举报诈骗线索。', en: 'Police line for asking about, and reporting, suspected telecom and online fraud.' },
    when: { zh: '怀疑自己遇到诈骗时', en: 'you suspect a fraud' },
    source: 'https://www.mps.gov.cn/',
  },
  {
    id: '12378',
    name: { zh: '金融监管总局消费者投诉热线', en: 'Financial regulator’s consumer line' },
    purpose: { zh: '受理对银行、保险等机构的消费投诉和咨询。', en: 'Takes consumer complaints and questions about banks and insurers.' },
    when: { zh: '与银行、保险机构协商不成时', en: 'talks with your bank or insurer fail' },
    source: 'https://www.nfra.gov.cn/',
  },
  {
    id: '12363',
    name: { zh: '人民银行金融消费咨询投诉电话', en: 'Central bank’s consumer line' },
    purpose: { zh: '受理人民银行职责内的咨询投诉，如征信、支付。', en: 'Takes questions and complaints within the central bank’s remit, such as credit records and payments.' },
    when: { zh: '对征信记录或支付业务有疑问时', en: 'a credit record or a payment looks wrong' },
    source: 'http://www.pbc.gov.cn/',
  },
  {
    id: '12377',
    name: { zh: '违法和不良信息举报中心', en: 'Illegal online content centre' },
    purpose: { zh: '中央网信办的举报中心，受理网上违法和不良信息。', en: 'The cyberspace office’s centre for reports of illegal and harmful online content.' },
    when: { zh: '想举报网上的这类内容时', en: 'you want to report such content' },
    source: 'https://www.12377.cn/',
  },
  {
    id: '12315',
    name: { zh: '市场监管投诉举报平台', en: 'Market regulator’s line' },
    purpose: { zh: '受理消费纠纷投诉，以及虚假宣传等举报。', en: 'Takes consumer disputes and reports of false advertising.' },
    when: { zh: '付了钱却退不了，或遇到虚假宣传时', en: 'you paid and cannot get it back, or were misled' },
    source: 'https://www.12315.cn/',
  },
  {
    id: '110',
    name: { zh: '报警电话', en: 'Police' },
    purpose: { zh: '紧急情况和案件报警。', en: 'Emergencies and crimes.' },
    when: { zh: '已经被骗，或人身受到威胁时', en: 'you were cheated or are threatened' },
    source: 'https://www.mps.gov.cn/',
  },
]

type Id = Channel['id']
const FIRST: Partial<Record<Practice, readonly Id[]>> = {
  credit_repair: ['12363', '12377', '96110'],
  proxy_complaint: ['12378', '12377', '96110'],
  debt_bearer: ['96110', '110', '12377'],
  forged_proof: ['96110', '12377', '12378'],
}
const USUAL: readonly Id[] = ['96110', '12378', '12377']

/** The few channels worth naming after such a text, best first. */
export function channelsFor(practice: Practice | undefined): Channel[] {
  const ids = (practice && FIRST[practice]) ?? USUAL
  return ids.map((id) => CHANNELS.find((channel) => channel.id === id)!)
}
