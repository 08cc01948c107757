/** What training and evaluation share of the corpus. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Vocabulary, vocabularyOf } from '../src/model/tokenizer.ts'
import type { Form, Practice } from '../src/types.ts'
import type { Letter } from './disguise.ts'

export const VOCABULARY = 'models/classifier/vocabulary.json'

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

/** The rows of one split. */
export const readCorpus = (split: string): CorpusRow[] =>
  readFileSync(`models/corpus/${split}.jsonl`, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as CorpusRow)

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

