/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Particulars } from '../evidence/list.ts'
import type { Verification } from '../evidence/verify.ts'
import type { Case } from '../types.ts'
import { inLanguage, type Language, t, timeText } from './i18n.ts'
import { firstWords } from './popup-item.tsx'
import type { Site } from './review.tsx'

const PARTICULARS = ['cause', 'place', 'collector', 'holder', 'witness'] as const satisfies readonly (keyof Particulars)[]

export interface PackageProps {
  case: Case
  /** Times of its captures, oldest first. */
  captured(key: string): Promise<number[]>
  /** Writes the package, has it stamped if asked, and hands it to the person; gives its SHA-256. */
  onPackage(one: Case, particulars: Particulars, stamped: boolean): Promise<string>
  /** Host of the time authority; undefined where none is named. */
  stampHost: string | undefined
}

/** The package of the case under work: what was preserved, what a person adds, and the file. */
export function CasePackage({ case: one, captured, onPackage, stampHost }: PackageProps): JSX.Element {
  const [times, setTimes] = useState<readonly number[] | null>(null)
  const [particulars, setParticulars] = useState<Particulars>({})
  const [stamped, setStamped] = useState(false)
  const [said, setSaid] = useState('')
  const count = one.history.filter(({ what }) => what === 'preserved').length
  useEffect(() => {
    let mine = true
    captured(one.key).then((found) => mine && setTimes(found), () => mine && setTimes([]))
    return () => void (mine = false)
  }, [one.key, count])
  const write = (): void => {
    const given = Object.fromEntries(Object.entries(particulars).filter(([, value]) => value.trim()))
    onPackage(one, given, stamped && stampHost !== undefined).then((sha256) => setSaid(t('packageWritten', { sha256 })), (cause: Error) => setSaid(t('packageFailed', { reason: cause.message })))
  }
  return (
    <section class="package">
      <h3>{t('packageTitle')}</h3>
      {times && <p class="quiet">{times.length > 0 ? `${t('packageCaptures', { n: times.length })} · ${times.map(timeText).join(' · ')}` : t('packageNone')}</p>}
      <details>
        <summary>{t('packageParticulars')}</summary>
        {PARTICULARS.map((name) => (
          <label key={name}>
            <span>{t(`evidence_${name}`)}</span>
            <input maxLength={200} value={particulars[name] ?? ''} onInput={({ currentTarget: { value } }) => setParticulars((old) => ({ ...old, [name]: value }))} />
          </label>
        ))}
      </details>
      {stampHost && (
        <label>
          <input type="checkbox" checked={stamped} onChange={({ currentTarget: { checked } }) => setStamped(checked)} />
          <span>{t('packageStamp', { host: stampHost })}</span>
        </label>
      )}
      <button type="button" disabled={!times} onClick={write}>{t('packageWrite')}</button>
      {said && <p class="said" role="status">{said}</p>}
    </section>
  )
}

/** Opens a package to be checked; also takes one that is dropped anywhere on the page. */
export function VerifyButton({ onFile }: { onFile(file: File): void }): JSX.Element {
  const input = useRef<HTMLInputElement>(null)
  const latest = useRef(onFile)
  latest.current = onFile
  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault()
    const drop = (event: DragEvent): void => {
      event.preventDefault()
      const file = [...(event.dataTransfer?.files ?? [])].find(({ name }) => /\.(wacz|zip)$/i.test(name))
      if (file) latest.current(file)
    }
    addEventListener('dragover', over)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragover', over)
      removeEventListener('drop', drop)
    }
  }, [])
  return (
    <>
      <input
        type="file"
        ref={input}
        hidden
        accept=".wacz,.zip"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? []
          // The same file chosen again is a change only after this.
          currentTarget.value = ''
          if (file) onFile(file)
        }}
      />
      <button type="button" onClick={() => input.current?.click()}>{t('verifyTitle')}</button>
    </>
  )
}

/** What checking a package found. */
const siteName = (sites: readonly Site[], platform: string, lang: Language): string => {
  const site = sites.find(({ id }) => id === platform)
  return site ? inLanguage(site.names, lang) : platform
}

export function VerifyDialog({ name, verification, sites, lang, onClose }: { name: string; verification: Verification | null; sites: readonly Site[]; lang: Language; onClose(): void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const post = verification?.case?.post
  return (
    <dialog class="help import" ref={dialog} aria-label={t('verifyTitle')} onClose={onClose}>
      <h2>{t('verifyTitle')}</h2>
      <p class="quiet">{name}</p>
      {!verification && <p role="status">{t('reading')}</p>}
      {verification && (
        <>
          <p role="alert">{verification.findings.length > 0 ? t('verify_broken', { count: verification.findings.length }) : t('verify_whole')}</p>
          <p class="sum">SHA-256 {verification.sha256}</p>
          {verification.stamp && <p>{t('stampIs', { at: new Date(verification.stamp.at).toISOString(), authority: verification.stamp.authority })}{verification.stamp.trusted === null && t('stampUntrusted')}</p>}
          {post && <p>{t('verifyContents', { site: siteName(sites, post.platform, lang), author: post.author.name || t('unnamed'), text: firstWords(post.text) })}</p>}
          {verification.findings.length > 0 && (
            <ul>
              {verification.findings.map(({ where, what, detail }, index) => <li key={index}>{where && <code>{where}</code>} {t(what)} <span class="quiet">{detail}</span></li>)}
            </ul>
          )}
        </>
      )}
      <div class="actions"><button type="button" class="plain" onClick={onClose}>{t('close')}</button></div>
    </dialog>
  )
}
