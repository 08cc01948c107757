/** Endings that are hardly ever anything else, so that an address without a scheme is known by them. */
const ENDINGS = 'com|cn|net|org|top|xyz|vip|cc|me|io|app|site|shop|club|icu|tw|hk|ly|link|ltd|tv|co'
/** The same where nothing follows the host: without those that end names of programs. */
const BARE = /\.(?:com|cn|top|xyz|vip|cc|site|shop|club|icu|ltd|tw|hk)$/
const ADDRESS = new RegExp(
  `(?<![a-z\\d@._/-])(https?://)?((?:[a-z\\d](?:[a-z\\d-]*[a-z\\d])?(?:\\.|。|\\[\\.\\]|点(?=(?:${ENDINGS})\\b)))+[a-z]{2,12})(?![a-z\\d-]|@|\\.[a-z])(:\\d{2,5})?((?:/[\\w.~%!&+-]*)*)`,
  'g',
)
const KNOWN_ENDING = new RegExp(`\\.(?:${ENDINGS})$`)

/** Public places: their bare host is nobody's address. */
const PUBLIC = /(?:^|\.)(?:weibo|xiaohongshu|zhihu|bilibili|douyin|kuaishou|douban|baidu|qq|sina|163|126|taobao|tmall|jd|alipay|google|youtube|facebook|twitter|x|12306|apple|huawei|microsoft|github)\.(?:com|cn)(?:\.cn)?$/
/** Authorities and schools: sending people there is no trade. */
const OFFICIAL = /(?:^|\.)(?:gov|edu|org)\.(?:cn|tw|hk)$|\.gov$/

/** `host/path` of every web address that could lead to whoever stands behind a text. */
export function linksIn(text: string): string[] {
  const links: string[] = []
  for (const [, scheme, written, , path = ''] of text.matchAll(ADDRESS)) {
    const host = written!.replace(/。|\[\.\]|点/g, '.').replace(/^www\./, '')
    const tail = path.replace(/[/.]+$/, '')
    const known = scheme || (tail ? KNOWN_ENDING.test(host) : BARE.test(host))
    if (!known || OFFICIAL.test(host) || (!tail && PUBLIC.test(host))) continue
    links.push(host + tail)
  }
  return links
}

const MAIL = /(?<![\w.])([a-z\d][\w.+-]{1,40})@((?:[a-z\d-]+\.)+[a-z]{2,10})(?![\w])/g

/** Mail addresses but those of authorities; the name before QQ's host is a QQ number. */
export const mailsIn = (text: string): { name: string; host: string }[] =>
  [...text.matchAll(MAIL)].filter(([, , host]) => !OFFICIAL.test(host!)).map(([, name, host]) => ({ name: name!, host: host! }))
