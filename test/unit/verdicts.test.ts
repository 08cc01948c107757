import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { openDB } from 'idb'
import { beforeEach, describe, expect, test } from 'vitest'
import { Verdicts, VERDICTS_DATABASE, VERDICTS_VERSION } from '../../src/store/verdicts.ts'
import type { Verdict } from '../../src/types.ts'

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

/** Judges by length, and notes what it was asked. */
function judging(band: Verdict['band'] = 'clean') {
  const asked: string[][] = []
  const judge = async (texts: string[]): Promise<Verdict[]> => {
    asked.push(texts)
    return texts.map((text) => ({ band, score: text.length / 100, categories: [], form: null, evidence: [], model: 'm1' }))
  }
  return { asked, judge }
}

/** Everything that is on disk, once what was begun there is done. */
async function onDisk(): Promise<{ rows: { mark: string }[]; secrets: CryptoKey[] }> {
  const db = await openDB(VERDICTS_DATABASE)
  const tx = db.transaction(['verdicts', 'secret'], 'readwrite')
  const [rows, secrets] = await Promise.all([tx.objectStore('verdicts').getAll(), tx.objectStore('secret').getAll()])
  db.close()
  return { rows, secrets } as { rows: { mark: string }[]; secrets: CryptoKey[] }
}

describe('Verdicts', () => {
  test('a text is judged once, also when it comes twice in a batch, at the same time, and after a restart', async () => {
    const { asked, judge } = judging()
    const first = new Verdicts(async () => 'm1')
    const [a, b] = await Promise.all([first.of(['一', '二二', '一'], judge), first.of(['二二', '三三三'], judge)])
    expect(a.map(({ score }) => score)).toEqual([0.01, 0.02, 0.01])
    expect(b.map(({ score }) => score)).toEqual([0.02, 0.03])
    // Which of the two comes first is the hash's business.
    expect(asked.toSorted()).toEqual([['一', '二二'], ['三三三']])
    await onDisk()
    await first.close()
    const later = new Verdicts(async () => 'm1')
    expect(await later.of(['三三三', '一', '四四四四'], judge)).toMatchObject([{ score: 0.03 }, { score: 0.01 }, { score: 0.04 }])
    expect(asked.slice(2)).toEqual([['四四四四']])
  })

  test('what another model said is not found', async () => {
    const { asked, judge } = judging()
    await new Verdicts(async () => 'm1').of(['一'], judge)
    await onDisk()
    await new Verdicts(async () => 'm2').of(['一'], judge)
    expect(asked).toEqual([['一'], ['一']])
  })

  test('what the model in use did not say, as where the engine fell back to another, is not kept', async () => {
    const { asked, judge } = judging()
    for (let time = 0; time < 2; time++) {
      await new Verdicts(async () => 'm2').of(['一'], judge)
      await onDisk()
    }
    expect(asked).toEqual([['一'], ['一']])
  })

  test('on disk there is no text, no hash that others could compute, and no key that can be read out', async () => {
    const text = '网贷逾期别硬扛'
    await new Verdicts(async () => 'm1').of([text], judging().judge)
    const { rows, secrets } = await onDisk()
    expect(rows.map((row) => Object.keys(row).sort())).toEqual([['mark', 'verdict']])
    expect(JSON.stringify(rows)).not.toContain(text)
    for (const plain of [text, `m1\n${text}`]) {
      const digest = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(plain))).toString('hex')
      expect(digest).not.toContain(rows[0]!.mark)
    }
    expect(secrets).toHaveLength(1)
    await expect(crypto.subtle.exportKey('raw', secrets[0]!)).rejects.toThrow()
    // Another profile gives the same text another mark.
    globalThis.indexedDB = new IDBFactory()
    await new Verdicts(async () => 'm1').of([text], judging().judge)
    expect((await onDisk()).rows[0]!.mark).not.toBe(rows[0]!.mark)
  })

  test('keeps no more than it may, and drops the oldest', async () => {
    const { asked, judge } = judging()
    const verdicts = new Verdicts(async () => 'm1', 3)
    for (const text of ['1', '2', '3', '4', '5']) await verdicts.of([text], judge)
    expect((await onDisk()).rows).toHaveLength(3)
    await verdicts.of(['5', '4', '3', '1'], judge)
    expect(asked.slice(5)).toEqual([['1']])
  })

  test('cleared, nothing is on disk of what was read', async () => {
    const { asked, judge } = judging()
    const verdicts = new Verdicts(async () => 'm1')
    await verdicts.of(['一', '二'], judge)
    await onDisk()
    expect(await verdicts.count()).toBe(2)
    await verdicts.clear()
    expect(await verdicts.count()).toBe(0)
    await verdicts.of(['一'], judge)
    expect(asked.slice(1)).toEqual([['一']])
  })

  test('what could not be judged is asked again, and a judge that is gone is said to be', async () => {
    const verdicts = new Verdicts(async () => 'm1')
    await verdicts.of(['一'], judging('not_judged').judge)
    await expect(Promise.all([verdicts.of(['一'], async () => { throw new Error('gone') }), verdicts.of(['一'], judging().judge)])).rejects.toThrow('gone')
    const { asked, judge } = judging()
    expect(await verdicts.of(['一'], judge)).toMatchObject([{ band: 'clean' }])
    expect(asked).toEqual([['一']])
  })

  test('without a disk every text is judged', async () => {
    ;(await openDB(VERDICTS_DATABASE, VERDICTS_VERSION + 1)).close()
    const { asked, judge } = judging()
    const verdicts = new Verdicts(async () => 'm1')
    expect(await verdicts.of(['一'], judge)).toMatchObject([{ score: 0.01 }])
    expect(await verdicts.of(['一'], judge)).toMatchObject([{ score: 0.01 }])
    expect(asked).toEqual([['一'], ['一']])
  })
})
