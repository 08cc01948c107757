/**
 * Corpus and public text → training files, through the same normaliser and tokenizer as the product.
 *
 * Reads  models/corpus/*.jsonl, and the public sets unpacked in DATA (see models/corpus/README.md).
 * Writes models/classifier/vocabulary.json (`vocabulary`), models/work/pretrain.bin (`pretrain`: uint16 ids,
 * texts between [SEP]), models/work/{train,dev,test,ordinary,...}.jsonl (`finetune`).
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { PRACTICES, type Form, type Practice } from '../src/types.ts'
import { encode, SPECIAL, vocabularyOf, WINDOW, type Vocabulary } from '../src/model/tokenizer.ts'
import { normalize } from '../src/text/normalize.ts'

const WORK = 'models/work'
const DATA = process.env['DATA'] ?? `${WORK}/data`
const VOCABULARY = 'models/classifier/vocabulary.json'

/** Sets whose sources allow research only: measured on, never trained on. */
const MEASURE_ONLY = ['social-weibo-comments.txt', 'fraud-telecom5.jsonl', 'short-queries.txt', 'lexicon-ads.txt']
const TRAINABLE = [
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
  hides?: string
  pair?: string | null
}

interface PublicRow {
  text: string
  src?: string
  kind?: string
  label?: string
  positive?: boolean
  categories?: Practice[]
}

const share = (text: string): number => createHash('sha1').update(text).digest().readUInt32BE(0) / 2 ** 32

async function* publicRows(file: string): AsyncGenerator<PublicRow> {
  const lines = createInterface({ input: createReadStream(`${DATA}/${file}`, 'utf8'), crlfDelay: Infinity })
  for await (const line of lines) {
    if (!line) continue
    yield file.endsWith('.jsonl') ? (JSON.parse(line) as PublicRow) : { text: line }
  }
}

/** Rows that may be trained on: no research-only source, nothing that is kept for measuring. */
async function* trainableRows(): AsyncGenerator<PublicRow & { file: string }> {
  for (const file of TRAINABLE) {
    for await (const row of publicRows(file)) {
      if (row.src === 'AFQMC') continue
      if (file === 'finance-qa.jsonl' && heldOut(row.text)) continue
      yield { ...row, file }
    }
  }
}

/** A tenth of finance-qa is kept out of training. */
const heldOut = (text: string): boolean => share(text) < 0.1

/** Neither positive nor a clean negative by the set's own notes. */
const undecided = (file: string, row: PublicRow): boolean =>
  !row.positive &&
  ((file === 'fraud-sms.jsonl' && (row.label === 'AD:Loan' || row.label === 'IL:Fake_ID_and_invoice')) ||
    (file === 'finance-text.jsonl' && row.kind === 'cashout-spam'))

export const readJsonl = <T>(file: string): T[] =>
  readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as T)

const corpus = (split: string): CorpusRow[] => {
  const file = `models/corpus/${split}.jsonl`
  return existsSync(file) ? readJsonl<CorpusRow>(file) : []
}

export const loadVocabulary = (): Vocabulary => vocabularyOf(JSON.parse(readFileSync(VOCABULARY, 'utf8')) as string[])

/** Characters seen often enough to deserve a vector; the rest share one by class. */
async function makeVocabulary(): Promise<void> {
  const counts = new Map<string, number>()
  const count = (text: string, weight: number) => {
    for (const char of normalize(text).text) counts.set(char, (counts.get(char) ?? 0) + weight)
  }
  for await (const row of trainableRows()) count(row.text, 1)
  for (const row of corpus('train')) count(row.text, 10)
  const tokens = [...counts].filter(([, n]) => n >= 40).sort((a, b) => b[1] - a[1]).map(([char]) => char).sort()
  writeFileSync(VOCABULARY, `${JSON.stringify(tokens)}\n`)
  console.log(`vocabulary: ${tokens.length + SPECIAL.length} ids from ${counts.size} characters`)
}

async function makePretrain(): Promise<void> {
  const vocabulary = loadVocabulary()
  const sep = SPECIAL.indexOf('[SEP]')
  const out = createWriteStream(`${WORK}/pretrain.bin`)
  let total = 0
  const write = (text: string) => {
    const ids = Uint16Array.from([...encodeFlat(text, vocabulary), sep])
    total += ids.length
    out.write(Buffer.from(ids.buffer))
  }
  const rows: string[] = []
  for await (const row of trainableRows()) rows.push(row.text)
  for (const row of corpus('train')) rows.push(row.text)
  for (let i = rows.length - 1, seed = 1; i > 0; i--) {
    seed = (seed * 48271) % 2147483647
    const k = seed % (i + 1)
    ;[rows[i], rows[k]] = [rows[k]!, rows[i]!]
  }
  rows.forEach(write)
  await new Promise((resolve) => out.end(resolve))
  console.log(`pretrain: ${rows.length} texts, ${total} ids`)
}

/** Ids of the whole text without windows. */
function encodeFlat(text: string, vocabulary: Vocabulary): number[] {
  const ids: number[] = []
  const { text: plain } = normalize(text)
  for (const char of plain) ids.push(encodeOne(char, vocabulary))
  return ids
}
const encodeOne = (char: string, vocabulary: Vocabulary): number =>
  vocabulary.get(char) ?? encode({ text: char, starts: new Uint32Array(), ends: new Uint32Array() }, vocabulary)[0]!.ids[1]!

const jobs: Record<string, () => Promise<void>> = { vocabulary: makeVocabulary, pretrain: makePretrain }
if (process.argv[1]?.endsWith('prepare.ts')) {
  for (const job of process.argv.slice(2)) await jobs[job]!()
}
export { undecided, readdirSync, WINDOW, PRACTICES, MEASURE_ONLY }
