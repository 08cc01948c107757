/**
 * Corpus and public text → training files, through the same normaliser and tokenizer as the product.
 *
 * Reads  models/corpus/*.jsonl, and the public sets unpacked in DATA (see models/corpus/README.md).
 * Writes models/classifier/vocabulary.json (`vocabulary`), models/work/pretrain.bin (`pretrain`: uint16 ids,
 * texts between [SEP]), models/work/{train,dev,ordinary,public-positive}.jsonl (`examples`).
 */
import { createReadStream, createWriteStream, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { PRACTICES, type Practice } from '../src/types.ts'
import { encode, SPECIAL, type Vocabulary } from '../src/model/tokenizer.ts'
import { normalize } from '../src/text/normalize.ts'
import { type CorpusRow, heldOut, lettersOf, loadVocabulary, readCorpus, readExtra, stanceOf, TRAINABLE, VOCABULARY, WORK } from './corpus.ts'
import { disguise, type Letter, randomOf } from './disguise.ts'

const DATA = process.env['DATA'] ?? `${WORK}/data`

interface PublicRow {
  text: string
  src?: string
  kind?: string
  label?: string
  positive?: boolean
  categories?: Practice[]
}

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

/** Neither positive nor a clean negative by the set's own notes. */
const undecided = (file: string, row: PublicRow): boolean =>
  !row.positive &&
  ((file === 'fraud-sms.jsonl' && (row.label === 'AD:Loan' || row.label === 'IL:Fake_ID_and_invoice')) ||
    (file === 'finance-text.jsonl' && row.kind === 'cashout-spam'))

/** Characters seen often enough to deserve a vector; the rest share one by class. */
async function makeVocabulary(): Promise<void> {
  const counts = new Map<string, number>()
  const count = (text: string, weight: number) => {
    for (const char of normalize(text).text) counts.set(char, (counts.get(char) ?? 0) + weight)
  }
  for await (const row of trainableRows()) count(row.text, 1)
  for (const row of readCorpus('train')) count(row.text, 10)
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
  // The posts of the trade are few beside the public text, so each is read several times.
  for (let time = 0; time < 4; time++) for (const row of readCorpus('train')) rows.push(row.text)
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

/** What the training reads of one text: for each window its ids and, for each id, 1 where it is evidence. */
interface Example {
  id: string
  windows: number[][]
  /** Null where the evidence was never labelled. */
  evidence: number[][] | null
  flag: 0 | 1
  categories: number[]
  /** 0 ad, 1 tutorial, -1 neither. */
  form: number
  /** Index into STANCES, -1 where the corpus does not say. */
  stance: number
  pair: string | null
}

function exampleOf(row: CorpusRow, letters: Letter[], vocabulary: Vocabulary, labelled: boolean): Example {
  const text = letters.map(({ char }) => char).join('')
  const marked = letters.flatMap(({ char, evidence }) => Array<number>(char.length).fill(evidence ? 1 : 0))
  const normalized = normalize(text)
  const windows = encode(normalized, vocabulary)
  return {
    id: row.id,
    windows: windows.map(({ ids }) => ids),
    evidence: labelled ? windows.map(({ at }) => at.map((offset) => (offset < 0 ? 0 : marked[normalized.starts[offset]!]!))) : null,
    flag: row.flag,
    categories: PRACTICES.map((practice) => (row.categories.includes(practice) ? 1 : 0)),
    form: row.form === null ? -1 : row.form === 'tutorial' ? 1 : 0,
    stance: stanceOf(row),
    pair: row.pair,
  }
}

/** Disguised copies of each training row; an epoch draws one of these, the padded one and the excerpt. */
const DISGUISED = 4

/** The post among text that has nothing to do with it, as spam is padded and long pages are written. */
function padded(letters: Letter[], other: string, random: () => number): Letter[] {
  const filler = lettersOf(other.slice(0, 300), [])
  const line = lettersOf('\n', [])
  return random() < 0.5 ? [...filler, ...line, ...letters] : [...letters, ...line, ...filler]
}

/**
 * The head of a long post, as lists show it. That of an advert is left out unless the first of its deciding words is
 * still there: before them it may be harmless.
 */
function excerpt(letters: Letter[], flag: 0 | 1, random: () => number): Letter[] | null {
  if (letters.length < 60) return null
  const kept = Math.floor(letters.length * (0.3 + 0.5 * random()))
  const deciding = letters.findIndex(({ evidence }, at) => evidence && !letters[at + 1]?.evidence)
  if (flag === 1 && deciding >= kept) return null
  return [...letters.slice(0, kept), ...lettersOf(random() < 0.5 ? '…' : '...', [])]
}

async function makeExamples(): Promise<void> {
  const vocabulary = loadVocabulary()
  const random = randomOf(11)
  const fillers: string[] = []
  for await (const { text, file, positive } of trainableRows()) if (!positive && text.length >= 20 && !/^(?:finance|fraud)/.test(file) && random() < 0.01) fillers.push(text)
  for (const split of ['train', 'dev']) {
    const examples: Example[] = []
    for (const row of [...readCorpus(split), ...(split === 'train' ? readExtra() : [])]) {
      const letters = lettersOf(row.text, row.evidence)
      examples.push(exampleOf(row, letters, vocabulary, true))
      if (split !== 'train') continue
      for (let copy = 0; copy < DISGUISED; copy++) {
        examples.push(exampleOf(row, disguise(letters, random, vocabulary.keys(), 0.25 + 0.2 * copy), vocabulary, true))
      }
      const filler = fillers[Math.floor(random() * fillers.length)] ?? ''
      examples.push(exampleOf(row, padded(letters, filler, random), vocabulary, true))
      const head = excerpt(letters, row.flag, random)
      if (head) examples.push(exampleOf(row, head, vocabulary, true))
    }
    writeLines(`${WORK}/${split}.jsonl`, examples)
  }
  const ordinary: Example[] = []
  const positive: Example[] = []
  for await (const row of trainableRows()) {
    if (undecided(row.file, row)) continue
    const plain: CorpusRow = {
      id: '',
      text: row.text,
      flag: row.positive ? 1 : 0,
      categories: row.categories ?? [],
      form: row.positive ? 'ad' : null,
      evidence: [],
      kind: '',
      pair: null,
    }
    if (row.positive) positive.push(exampleOf(plain, lettersOf(row.text, []), vocabulary, false))
    else if (random() < (POOL[row.file] ?? 1)) ordinary.push(exampleOf(plain, lettersOf(row.text, []), vocabulary, true))
  }
  writeLines(`${WORK}/public-positive.jsonl`, positive)
  writeLines(`${WORK}/ordinary.jsonl`, ordinary)
}

/** Share of each public set that joins the pool of ordinary negatives; the rest of the sets join whole. */
const POOL: Record<string, number> = {
  'titles-weibo-hot.txt': 0.05, 'titles-zhihu.txt': 0.15, 'titles-toutiao.txt': 0.3, 'reviews.txt': 0.2, 'long-text.jsonl': 0.25,
  'social-posts.jsonl': 0.8, 'comments-offensive.jsonl': 0.8, 'finance-qa.jsonl': 0.5, 'finance-text.jsonl': 0.7,
}

function writeLines(file: string, rows: readonly unknown[]): void {
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  console.log(`${file}: ${rows.length} rows`)
}

const jobs: Record<string, () => Promise<void>> = { vocabulary: makeVocabulary, pretrain: makePretrain, examples: makeExamples }
const wanted = process.argv.slice(2)
if (wanted.length === 0 || wanted.some((job) => !jobs[job])) {
  console.error(`usage: tsx models/prepare.ts ${Object.keys(jobs).join(' | ')} …`)
  process.exit(2)
}
for (const job of wanted) await jobs[job]!()
