/** @jsxImportSource preact */
import type { ComponentChildren, JSX } from 'preact'
import { goldenOf } from '../review/agreement.ts'
import { conflictOf } from '../store/merge.ts'
import type { Case, Decision } from '../types.ts'
import { MarkedText, wordsOf } from './evidence.tsx'
import { certaintyOf, decisionName, historyName, kindName, type Language, practiceName, reasonText, scoreOf, sentenceOf, inLanguage, t, timeText, verdictHeading } from './i18n.ts'
import { sealOf } from './popup-item.tsx'
import { CaseKnown, type KnownProps } from './review-known.tsx'
import { CaseLinks, type LinksProps } from './review-links.tsx'
import { Neighbours, type NeighboursProps } from './review-neighbours.tsx'
import { CasePackage, type PackageProps } from './review-package.tsx'
import type { Site } from './review.tsx'
import { Seal } from './seal.tsx'

interface DetailProps extends Omit<LinksProps, 'case'>, Omit<KnownProps, 'case'>, Pick<NeighboursProps, 'onOpen'>, Omit<PackageProps, 'case'> {
  case: Case | undefined
  /** Chosen by key, not kept yet. */
  chosen: Decision | undefined
  sites: readonly Site[]
  lang: Language
  onDecide(decision: Decision): void
  /** Keeps what is chosen and goes on. */
  onSave(): void
  onUndo(): void
  onGolden(key: string, golden: boolean): void
}

const ANSWERS = [['confirmed', '1'], ['wrong', '2'], ['unsure', '3']] as const

/** Everything known of the case under work, and the decisions. */
export function Detail({ case: one, chosen, cases, links, sites, lang, onDecide, onSave, onUndo, onGolden, onFamily, onLink, onOpen, known, captured, onPackage, stampHost }: DetailProps): JSX.Element {
  const site = sites.find(({ id }) => id === one?.post.platform)
  return (
    <aside class="detail" aria-label={t('detailOf')}>
      {one && (
        <>
          <div class="detail-body" key={one.key}>
            <Judged one={one} />
            <p class="full"><MarkedText text={one.post.text || t('untitled')} evidence={one.verdict.evidence} /></p>
            <CaseLinks case={one} cases={cases} links={links} onFamily={onFamily} onLink={onLink} />
            <CaseKnown case={one} known={known} />
            <Neighbours case={one} cases={cases} onOpen={onOpen} onLink={onLink} />
            <Facts one={one} site={site ? inLanguage(site.names, lang) : one.post.platform} />
            <History one={one} onGolden={onGolden} />
            <CasePackage case={one} captured={captured} onPackage={onPackage} stampHost={stampHost} />
          </div>
          <div class="decide" role="group" aria-label={t('state')}>
            {ANSWERS.map(([decision, key]) => (
              <button type="button" key={decision} aria-pressed={(chosen ?? one.decision) === decision} onClick={() => onDecide(decision)}>
                {t(`decide_${decision}`)} <kbd>{key}</kbd>
              </button>
            ))}
            <button type="button" class={chosen ? 'save first' : 'save'} onClick={onSave}>{t(chosen ? 'decideSave' : 'key_next')} <kbd>Enter</kbd></button>
            <button type="button" class="plain" disabled={one.decision === 'open'} onClick={() => onDecide('open')}>{t('decide_open')} <kbd>0</kbd></button>
            <button type="button" class="plain" onClick={onUndo}>{t('undo')} <kbd>U</kbd></button>
          </div>
        </>
      )}
    </aside>
  )
}

function Judged({ one: { verdict, decision, post } }: { one: Case }): JSX.Element {
  if (verdict.band !== 'flagged' && verdict.band !== 'unsure') {
    return <div class="judged"><h2>{verdict.band === 'clean' ? t('checkClean') : reasonText(verdict.reason)}</h2></div>
  }
  const words = wordsOf(post.text, verdict.evidence)
  return (
    <div class="judged">
      <div class="judged-head">
        <Seal state={sealOf({ verdict, decision, reported: false })} />
        <h2>{verdictHeading(verdict, decision)}</h2>
        <span class="certainty">{t('certaintyIs', { level: certaintyOf(verdict) })} · {scoreOf(verdict)}</span>
      </div>
      {verdict.categories.length > 1 && <p class="quiet">{verdict.categories.slice(1).map(practiceName).join(' · ')}</p>}
      <p>{sentenceOf(verdict)}</p>
      {words.length > 0 && (
        <ul class="words" aria-label={t('evidence')}>
          <li class="label" aria-hidden="true">{t('evidence')}</li>
          {words.map(({ word }) => <li class="word" key={word}>{word}</li>)}
        </ul>
      )}
    </div>
  )
}

/** The address if it may be opened: page text could hold any other scheme. */
const openable = (address: string): string | null => (URL.canParse(address) && new URL(address).protocol === 'https:' ? address : null)

function Link({ address, children }: { address: string; children: ComponentChildren }): JSX.Element | null {
  const href = openable(address)
  return href ? <a href={href} target="_blank" rel="noopener noreferrer" title={href}>{children}</a> : null
}

function Facts({ one, site }: { one: Case; site: string }): JSX.Element {
  const { post, pageUrl, verdict, report, firstSeen, lastSeen } = one
  const original = <Link address={post.permalink}>{t('openPost')}</Link>
  const page = <Link address={pageUrl}>{t('openPage')}</Link>
  const facts: [string, ComponentChildren][] = [
    [t('author'), <>{post.author.name || t('unnamed')}{post.author.id && <span class="quiet"> {post.author.id}</span>}</>],
    [t('source'), `${site} · ${kindName(post.kind)}`],
    ['', openable(post.permalink) || openable(pageUrl) ? <span class="links">{original}{page}</span> : <span class="quiet">{t('noLink')}</span>],
    [t('published'), post.publishedText],
    [t('firstSeen'), timeText(firstSeen)],
    [t('lastSeen'), timeText(lastSeen)],
    [t('receipt'), report && <>{report.receipt}<span class="quiet"> {timeText(report.at)}{report.category && ` · ${practiceName(report.category)}`}</span></>],
    [t('note'), report?.note],
    [t('model'), verdict.model],
  ]
  return (
    <dl class="facts">
      {facts.filter(([, value]) => value).map(([name, value]) => (
        <div key={name}><dt>{name}</dt><dd>{value}</dd></div>
      ))}
    </dl>
  )
}

function History({ one, onGolden }: { one: Case } & Pick<DetailProps, 'onGolden'>): JSX.Element {
  const { history, decision } = one
  const theirs = conflictOf(one)
  const golden = goldenOf(one)
  return (
    <section class="history">
      <h3>{t('history')} <span class="quiet">{decisionName(decision)}</span></h3>
      {theirs && <p class="conflict">{t('conflictIs', { theirs: decisionName(theirs) })}</p>}
      {(golden || decision === 'confirmed' || decision === 'wrong' || decision === 'unsure') && (
        <p>
          <span class="quiet">{golden ? t('goldenIs', { decision: historyName(golden.what) }) : t('goldenHint')}</span>{' '}
          <button type="button" class="plain" onClick={() => onGolden(one.key, !golden)}>{t(golden ? 'goldenEnd' : 'goldenMake')}</button>
        </p>
      )}
      <ol>
        {history.map(({ at, what, by, model, policy, second, golden, imported }, index) => (
          <li key={index}><time dateTime={new Date(at).toISOString()}>{timeText(at)}</time> {historyName(what)}{by && ` · ${by}`}{second && <span class="quiet"> {t('secondSaid')}</span>}{golden !== undefined && <span class="quiet"> {t(golden ? 'goldenSaid' : 'goldenEnded')}</span>}{policy && <span class="quiet"> {t('historyUnder', { model, policy })}</span>}{imported !== undefined && <span class="quiet"> {t('fromList')}</span>}</li>
        ))}
      </ol>
    </section>
  )
}
