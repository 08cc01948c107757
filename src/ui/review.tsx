/** @jsxImportSource preact */
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Particulars } from '../evidence/list.ts'
import type { Verification } from '../evidence/verify.ts'
import type { Tlp } from '../export/tlp.ts'
import { type Links, NO_LINKS, sameWords } from '../review/links.ts'
import type { Incoming } from '../export/import.ts'
import type { Known } from '../lists/known.ts'
import type { View } from '../store/settings.ts'
import type { Case, Choice, Decision } from '../types.ts'
import { decisionName, type Language, languageTag, reasonText, setLanguage, t, verdictName } from './i18n.ts'
import { type Action, BINDINGS } from './keys.ts'
import { KeyHelp } from './key-help.tsx'
import { Logo } from './logo.tsx'
import { Board } from './review-board.tsx'
import { Detail } from './review-detail.tsx'
import { ExportDialog, type ExportProps } from './review-export.tsx'
import { FamilyDialog } from './review-family.tsx'
import { Filters } from './review-filters.tsx'
import { ImportButton, ImportDialog } from './review-import.tsx'
import { VerifyButton, VerifyDialog } from './review-package.tsx'
import type { QualityProps } from './review-quality.tsx'
import { CaseTable } from './review-table.tsx'
import { TeamBar, type TeamProps } from './review-team.tsx'
import { ALL, createUndo, type Desk, deskOf, DESKS, type Filter, filterBy, filterOf, hashOf } from './state.ts'
import { useKeys } from './use-keys.ts'

export interface Site {
  id: string
  names: { zh: string; en: string }
}

export interface ReviewProps extends Omit<QualityProps, 'cases'> {
  /** Newest first; null while they are being read. */
  cases: readonly Case[] | null
  sites: readonly Site[]
  lang: Language
  views: readonly View[]
  onViews(change: (old: readonly View[]) => readonly View[]): void
  /** Why cases could not be read or a decision not be kept: a key of the catalogue. */
  error?: string | undefined
  /** Keeps a decision on one case or several, all or none. It draws the page with the changed cases before it returns: the next key is for what is seen then. */
  onDecide(choices: readonly Choice[]): void
  /** Makes the decision on a case the answer that readers are measured against, or no longer. */
  onGolden(key: string, golden: boolean): void
  /** Left out where the person joined no team. */
  team?: Omit<TeamProps, 'onOpen'> | undefined
  /** `filter` is what the address names, `tlp` with whom the file may be shared. Left out where the organisation took it away. */
  onExport?: ((format: string, cases: readonly Case[], of: { filter: string; tlp: Tlp }, onProgress: (done: number) => void) => ReturnType<ExportProps['onExport']>) | undefined
  onSave: ExportProps['onSave']
  onLanguage(language: Language): void
  /** Finds what links the cases; it may take seconds, elsewhere. */
  link(cases: readonly Case[]): Promise<Links>
  /** Reads lists of colleagues and says what merging them would do; fails with a `reason` of the catalogue. */
  onLists(files: File[]): Promise<Incoming>
  /** Merges all or none. */
  onMerge(cases: readonly Case[]): Promise<void>
  /** What trusted issuers of shared lists know of what a case says. */
  known(one: Case): Promise<Known[]>
  /** Times of a case's captures, oldest first. */
  captured(key: string): Promise<number[]>
  /** Writes the package of a case, has it stamped if asked, and hands it to the person; gives its SHA-256. */
  onPackage(one: Case, particulars: Particulars, stamped: boolean): Promise<string>
  /** Host of the time authority; undefined where none is named. */
  stampHost?: string | undefined
  /** Checks a package, with the person's trusted roots. */
  onVerify(file: Blob): Promise<Verification>
}

const DECISIONS: Partial<Record<Action, Decision>> = { confirm: 'confirmed', wrong: 'wrong', unsure: 'unsure', reopen: 'open' }

/** The review desk: filters, the table of cases, and the one under work. */
export function Review(props: ReviewProps): JSX.Element {
  const { cases, sites, lang, error, onDecide, onExport, link } = props
  setLanguage(lang)
  const [filter, setFilter, desk, setDesk] = useAddress()
  const links = useLinks(cases, link)
  const shown = useMemo(() => (cases ?? []).filter(filterBy(filter, links ?? NO_LINKS)), [cases, filter, links])
  // What is not linked yet is still being read.
  const found = !links && (filter.family || filter.contact) ? null : cases
  const { current, select, step } = useSelection(shown)
  const [help, setHelp] = useState(false)
  const [exporting, setExporting] = useState(false)
  const lists = useLists(props)
  const checked = useVerification(props.onVerify)
  const [said, setSaid] = useState('')
  const undo = useRef(createUndo())
  const search = useRef<HTMLInputElement>(null)

  // Chosen by a number, kept by Enter. It names its case and goes with the key that leaves it, at once: an effect
  // comes after the picture is drawn, when a quick hand has chosen for the next case already.
  const [chosen, choose] = useState<Choice | null>(null)
  const choice = chosen?.key === current?.key ? chosen?.decision : undefined
  const family = current && links?.families.get(current.key)
  const [wholeFamily, setWholeFamily] = useState(false)

  const decide = (these: readonly Case[], decision: Decision, words: string): void => {
    const changed = these.filter((one) => one.decision !== decision)
    choose(null)
    if (changed.length === 0) return
    undo.current.did({ before: changed.map(({ key, decision }) => ({ key, decision })), filter, key: current?.key })
    setSaid(words)
    onDecide(changed.map(({ key }) => ({ key, decision })))
  }
  const decideOne = (one: Case, decision: Decision): void => decide([one], decision, t('decided', { name: verdictName(one.verdict), decision: decisionName(decision) }))
  const takeBack = (): void => {
    const last = undo.current.take()
    if (!last) return
    choose(null)
    setSaid(t('undone'))
    // Back to where it was made: the next key is for that case, and the filter may have changed since.
    if (hashOf(last.filter) !== hashOf(filter)) setFilter(last.filter)
    if (last.key) select(last.key)
    onDecide(last.before)
  }
  const act = (action: Action): void => {
    // Only the list has a case under work.
    if (desk !== 'list' && action !== 'help' && action !== 'search') return
    const decision = DECISIONS[action]
    if (decision) choose(current ? { key: current.key, decision } : null)
    else if (action === 'save') {
      if (current && choice) decideOne(current, choice)
      step(1)
    }
    else if (action === 'family') setWholeFamily(family !== undefined)
    else if (action === 'undo') takeBack()
    else if (action === 'next' || action === 'previous') {
      choose(null)
      step(action === 'next' ? 1 : -1)
    }
    else if (action === 'search') search.current?.focus()
    else setHelp(true)
  }
  useKeys(help || wholeFamily || exporting || lists.open || checked.name !== null ? null : act)

  return (
    <main class="review" lang={languageTag(lang)}>
      <Header {...props} shown={shown} desk={desk} onDesk={setDesk} onExporting={() => setExporting(true)} onFiles={lists.read} onCheck={checked.read} onHelp={() => setHelp(true)}>
        {props.team && (
          <TeamBar
            {...props.team}
            onOpen={(key) => {
              if (!shown.some((one) => one.key === key)) setFilter(ALL, 'list')
              select(key)
            }}
          />
        )}
      </Header>
      {error && cases && <p class="banner" role="alert">{reasonText(error)}</p>}
      <Filters cases={cases ?? []} sites={sites} lang={lang} links={links} filter={filter} onFilter={setFilter} search={search} views={props.views} onViews={props.onViews} />
      {desk !== 'list' && cases ? (
        <Board desk={desk} cases={shown} sites={sites} lang={lang} links={links} onLink={(alone) => setFilter({ ...ALL, ...alone }, 'list')} onReadAgain={props.onReadAgain} reader={props.reader} share={props.share} onShare={props.onShare} />
      ) : (
        <>
        <div class="middle">
          {shown.length > 0 ? (
            <CaseTable cases={shown} sites={sites} lang={lang} links={links} selected={current?.key} onSelect={select} />
          ) : (
            <Nothing cases={found} error={error} onClear={() => setFilter(ALL)} />
          )}
        </div>
        <Detail
          case={current}
          chosen={choice}
          cases={cases ?? []}
          links={links}
          sites={sites}
          lang={lang}
          onDecide={(decision) => current && decideOne(current, decision)}
          onSave={() => act('save')}
          onFamily={() => setWholeFamily(true)}
          onOpen={(key, alone) => {
            if (!shown.some((one) => one.key === key)) setFilter({ ...ALL, ...alone })
            select(key)
          }}
          onUndo={takeBack}
          onGolden={props.onGolden}
          onLink={(alone) => setFilter({ ...ALL, ...alone })}
          known={props.known}
          captured={props.captured}
          onPackage={props.onPackage}
          stampHost={props.stampHost}
        />
        </>
      )}
      <p class="unseen" role="status">{said}</p>
      {lists.open && (
        <ImportDialog
          incoming={lists.incoming}
          onMerge={async () => setSaid(t('imported', { counts: await lists.merge() }))}
          onClose={lists.close}
        />
      )}
      {wholeFamily && family && (
        <FamilyDialog
          family={(cases ?? []).filter(({ key }) => links!.families.get(key) === family)}
          onDecide={(open, decision) => decide(open, decision, t('familyDecided', { n: open.length, decision: decisionName(decision) }))}
          onClose={() => setWholeFamily(false)}
        />
      )}
      {exporting && onExport && (
        <ExportDialog
          cases={shown}
          onExport={(format, chosen, tlp, onProgress) => onExport(format, chosen, { filter: hashOf(filter).slice(1), tlp }, onProgress)}
          onSave={props.onSave}
          onClose={() => setExporting(false)}
        />
      )}
      {checked.name !== null && <VerifyDialog name={checked.name} verification={checked.verification} sites={sites} lang={lang} onClose={checked.close} />}
      {help && <KeyHelp bindings={BINDINGS} onClose={() => setHelp(false)} />}
    </main>
  )
}

function Header({ cases, shown, desk, lang, onDesk, onExport, onLanguage, onExporting, onFiles, onCheck, onHelp, children }: ReviewProps & { children?: ComponentChildren; shown: readonly Case[]; desk: Desk; onDesk(desk: Desk): void; onExporting(): void; onFiles(files: File[]): void; onCheck(file: File): void; onHelp(): void }): JSX.Element {
  return (
    <header>
      <Logo />
      <h1>{t('name')} · {t('review')}</h1>
      <nav class="desks" aria-label={t('desks')}>
        {DESKS.map((one) => <button type="button" key={one} aria-pressed={desk === one} onClick={() => onDesk(one)}>{t(`desk_${one}`)}</button>)}
      </nav>
      <p class="quiet count" aria-live="polite">{cases && t('reviewCount', { shown: shown.length, total: cases.length })}</p>
      {children}
      {onExport && <button type="button" disabled={shown.length === 0} onClick={onExporting}>{t('exportCases', { n: shown.length })}</button>}
      <ImportButton onFiles={onFiles} />
      <VerifyButton onFile={onCheck} />
      <button type="button" class="plain" onClick={onHelp}>{t('keys')} <kbd>?</kbd></button>
      <button type="button" class="plain" aria-label={t('switchLanguageLabel')} onClick={() => onLanguage(lang === 'en' ? 'zh' : 'en')}>
        {t('switchLanguage')}
      </button>
    </header>
  )
}

function Nothing({ cases, error, onClear }: { cases: ReviewProps['cases']; error: string | undefined; onClear(): void }): JSX.Element {
  if (!cases) {
    return (
      <div class="nothing" role="status">
        {error ? <><h2>{t('loadFailed')}</h2><p>{reasonText(error)}</p></> : <p>{t('reading')}</p>}
      </div>
    )
  }
  const none = cases.length === 0
  return (
    <div class="nothing" role="status">
      <h2>{t(none ? 'empty' : 'noMatch')}</h2>
      <p class="quiet">{t(none ? 'emptyHint' : 'noMatchHint')}</p>
      {!none && <button type="button" onClick={onClear}>{t('clearFilters')}</button>}
    </div>
  )
}

interface Lists {
  open: boolean
  incoming: Incoming | string | null
  read(files: File[]): void
  /** Says what was merged. */
  merge(): Promise<string>
  close(): void
}

/** The lists of colleagues under work, from the choice of files to the merge. */
function useLists({ onLists, onMerge }: Pick<ReviewProps, 'onLists' | 'onMerge'>): Lists {
  const [open, setOpen] = useState(false)
  const [incoming, setIncoming] = useState<Lists['incoming']>(null)
  // Files chosen last count, also where earlier ones take longer to read.
  const turn = useRef(0)
  return {
    open,
    incoming,
    read(files) {
      const mine = ++turn.current
      const settle = (found: Incoming | string): unknown => mine === turn.current && setIncoming(found)
      setIncoming(null)
      setOpen(true)
      onLists(files).then(settle, (cause: { reason?: string }) => settle(cause.reason ?? 'storeBroken'))
    },
    async merge() {
      const { cases, counts } = incoming as Incoming
      await onMerge(cases)
      return t('importCounts', counts)
    },
    close: () => setOpen(false),
  }
}

/** The package that is being checked. */
function useVerification(verify: ReviewProps['onVerify']): { name: string | null; verification: Verification | null; read(file: File): void; close(): void } {
  const [name, setName] = useState<string | null>(null)
  const [verification, setVerification] = useState<Verification | null>(null)
  const turn = useRef(0)
  return {
    name,
    verification,
    read(file) {
      const mine = ++turn.current
      setName(file.name)
      setVerification(null)
      const unread = (cause: Error): Verification => ({ sha256: '', entries: [], records: [], findings: [{ where: '', what: 'verify_container', detail: cause.message }] })
      verify(file).catch(unread).then((found) => mine === turn.current && setVerification(found))
    },
    close: () => setName(null),
  }
}

/** What links the cases, found once for each list of words; null until it is known for the first time. */
function useLinks(cases: ReviewProps['cases'], link: ReviewProps['link']): Links | null {
  const [linked, setLinked] = useState<{ links: Links; of: readonly Case[] } | null>(null)
  const busy = useRef(false)
  useEffect(() => {
    // A decision changes no words; and while one list is being linked, only the last to come is worth the next turn.
    if (!cases || busy.current || (linked && (linked.of === cases || sameWords(linked.of, cases)))) return
    busy.current = true
    const done = (links: Links): void => {
      busy.current = false
      setLinked({ links, of: cases })
    }
    link(cases).then(done, () => done(NO_LINKS))
  }, [cases, linked])
  return linked?.links ?? null
}

/** The filter and the view of the desk, kept in the address. */
function useAddress(): [Filter, (filter: Filter, desk?: Desk) => void, Desk, (desk: Desk) => void] {
  const read = (): { filter: Filter; desk: Desk } => ({ filter: filterOf(location.hash), desk: deskOf(location.hash) })
  const [{ filter, desk }, set] = useState(read)
  useEffect(() => {
    const follow = (): void => set(read())
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  const go = (next: { filter: Filter; desk: Desk }): void => {
    // Replaced, not pushed: going back should leave the page, not undo letters of a search.
    history.replaceState(null, '', hashOf(next.filter, next.desk) || location.pathname + location.search)
    set(next)
  }
  return [filter, (next, to = desk) => go({ filter: next, desk: to }), desk, (to) => go({ filter, desk: to })]
}

/** The case under work. When a decision moves it out of the filter, the one that takes its place follows. */
function useSelection(shown: readonly Case[]): { current: Case | undefined; select(key: string): void; step(by: number): void } {
  const [key, select] = useState<string>()
  const place = useRef(0)
  const found = shown.findIndex((one) => one.key === key)
  if (found >= 0) place.current = found
  const at = Math.max(0, Math.min(place.current, shown.length - 1))
  const current = shown[at]
  const step = (by: number): void => {
    const next = shown[Math.max(0, Math.min(at + by, shown.length - 1))]
    if (next) select(next.key)
  }
  return { current, select, step }
}
