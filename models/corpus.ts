/** What training and evaluation share of the corpus. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { type Vocabulary, vocabularyOf } from '../src/model/tokenizer.ts'
import type { Form, Practice } from '../src/types.ts'
import type { Letter } from './disguise.ts'

/** Where the training works and what it writes; its check puts both elsewhere. */
export const WORK = process.env['WORK'] ?? 'models/work'
const CORPUS = process.env['CORPUS'] ?? 'models/corpus'
export const OUT = process.env['OUT'] ?? 'models/classifier'
export const VOCABULARY = `${OUT}/vocabulary.json`

/** Public sets that are trained on. The others are for measuring only, since their sources allow research only; so are the AFQMC rows. */
export const TRAINABLE = [
  'titles-weibo-hot.txt', 'titles-zhihu.txt', 'titles-toutiao.txt', 'social-posts.jsonl', 'comments-offensive.jsonl',
  'reviews.txt', 'sms-personal.txt', 'long-text.jsonl', 'finance-qa.jsonl', 'finance-text.jsonl', 'fraud-sms.jsonl',
]

/** A row of models/corpus; see its README for the fields. */
export interface CorpusRow {
  id: string
  text: string
  flag: 0 | 1
  categories: Practice[]
  form: Form | null
  evidence: string[]
  kind: string
  pair: string | null
}

/** Who speaks and what for, by words of a row's `kind`; the first that fits. */
const STANCES: readonly [flag: 0 | 1, kind: RegExp][] = [
  [1, /好评|主角'有人帮'/],
  [1, /教程|教人|教包装|让对方找不到/],
  [1, /看主页|一句话|接话|暗示|提问伪装/],
  [1, /软文|揭秘文|先揭|夹一段|公益面具|自问自答|伪问答|末尾|一句承诺/],
  [1, /./],
  [0, /^普通:|日常/],
  [0, /讨论|反问|反对|评论|骂|家属|劝阻|抱怨|段子|小说|玩笑|吐槽|拒绝|质疑|安慰/],
  [0, /新闻|新聞|暗访|通报|公告|法院|案例|风险提示|官方|指南|说明|知识|科普|介绍|学术|流程|分析文|行业文章/],
  [0, /受害|揭秘|避坑|转述|警示/],
  [0, /求问|求助|咨询|办理/],
  [0, /自己协商|日记|感谢|自述|否认/],
  [0, /广告|招聘|中介|加盟|同词异义|邻近|联系方式|业务页|分类信息|招揽|行动号召|无关东西|合作/],
]

/** Index into STANCES, -1 where the kind does not say: of a twin, or where the post ended up on the other side. */
export const stanceOf = ({ flag, kind }: Pick<CorpusRow, 'flag' | 'kind'>): number =>
  kind === '' || kind === '孪生' || kind === '改判' ? -1 : STANCES.findIndex(([side, words]) => side === flag && words.test(kind))

const readLines = (file: string): CorpusRow[] => readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as CorpusRow)

/** The rows of one split. */
export const readCorpus = (split: string): CorpusRow[] => readLines(`${CORPUS}/${split}.jsonl`)

/** Reviewers' decisions that are trained on as well, where models/extra.ts has written some. */
export const EXTRA = `${WORK}/extra.jsonl`
export const readExtra = (): CorpusRow[] => (existsSync(EXTRA) ? readLines(EXTRA) : [])

export const loadVocabulary = (): Vocabulary => vocabularyOf(JSON.parse(readFileSync(VOCABULARY, 'utf8')) as string[])

/** A tenth of finance-qa is kept out of training. */
export const heldOut = (text: string): boolean => createHash('sha1').update(text).digest().readUInt32BE(0) / 2 ** 32 < 0.1

/** The text as letters, with the substrings of `evidence` marked. */
export function lettersOf(text: string, evidence: readonly string[]): Letter[] {
  const marked = new Uint8Array(text.length)
  for (const words of evidence) {
    for (let at = text.indexOf(words); at >= 0 && words; at = text.indexOf(words, at + 1)) marked.fill(1, at, at + words.length)
  }
  const letters: Letter[] = []
  let at = 0
  for (const char of text) {
    letters.push({ char, evidence: marked[at] === 1 })
    at += char.length
  }
  return letters
}

