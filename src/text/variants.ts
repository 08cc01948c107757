/** Tables of the normaliser: signs that stand for other characters, and characters split in two. */

/** Enclosed CJK signs that readers take for the character inside; the rest of their blocks is decoration. */
export const ENCLOSED: Readonly<Record<string, string>> = {
  '🈶': '有', '🈚': '无', '🈲': '禁', '🉑': '可', '🉐': '得', '🈷': '月', '㊣': '正', '㊙': '秘', '㊗': '祝',
  '㊀': '一', '㊁': '二', '㊂': '三', '㊃': '四', '㊄': '五', '㊅': '六', '㊆': '七', '㊇': '八', '㊈': '九', '㊉': '十',
  '㈠': '一', '㈡': '二', '㈢': '三', '㈣': '四', '㈤': '五', '㈥': '六', '㈦': '七', '㈧': '八', '㈨': '九', '㈩': '十',
  '㊊': '月', '㊋': '火', '㊌': '水', '㊍': '木', '㊎': '金', '㊏': '土', '㊐': '日',
}

/** Signs without a Unicode decomposition that stand for letters, digits or operators. */
export const SIGNS: Readonly<Record<string, string>> = {
  '➕': '+', '✚': '+', '╋': '+', '🞤': '+', '➖': '-', '✖': 'x', '❌': 'x', '💲': '$', '💯': '100',
  '🅰': 'a', '🅱': 'b', '🅾': 'o', '🅿': 'p', 'ⅴ': 'v', '∨': 'v', '∪': 'u',
  '丨': '|', '㏒': 'log', '〇': '0', '¥': '元', '￥': '元',
}

/** Cyrillic and Greek letters that look like Latin ones, lower case. */
export const LOOKALIKES: Readonly<Record<string, string>> = {
  'а': 'a', 'в': 'b', 'с': 'c', 'е': 'e', 'н': 'h', 'і': 'i', 'ј': 'j', 'к': 'k', 'м': 'm', 'о': 'o', 'р': 'p', 'ѕ': 's',
  'т': 't', 'у': 'y', 'х': 'x', 'ν': 'v', 'ο': 'o', 'α': 'a', 'ρ': 'p', 'χ': 'x', 'ω': 'w', 'ѵ': 'v', 'ԝ': 'w', 'ɑ': 'a', 'ı': 'i',
}

/**
 * Characters written as two: left and right part → whole. Only parts that hardly ever follow each other in
 * ordinary text are listed, so that joining them is safe.
 */
const SPLIT =
  '亻崔催 亻责债 亻言信 亻士仕 亻介价 亻呆保 亻寸付 亻昔借 亻也他 亻尔你 亻门们 亻故做 亻木休 亻主住 亻直值 亻共供 亻建健 亻尝偿 亻尤优 ' +
  '讠斥诉 讠寸讨 讠正证 讠舌话 讠乍诈 讠只识 讠人认 讠司词 讠平评 讠亥该 讠周调 讠炎谈 讠兑说 讠井讲 讠川训 讠殳设 讠果课 讠青请 讠旬询 讠式试 ' +
  '钅艮银 钅戋钱 钅失铁 钅肖销 氵去法 氵先洗 氵夬决 氵每海 氵肖消 氵台治 氵又汉 氵殳没 氵主注 扌彐扫 扌安按 扌妾接 扌寺持 扌是提 扌隹推 扌召招 扌支技 扌氐抵 扌甲押 扌斤折 扌旦担 ' +
  '纟录绿 纟合给 纟充统 纟吉结 纟圣经 纟及级 纟勺约 纟内纳 辶首道 辶不还 辶斤近 辶文这 辶甬通 辶兆逃 忄青情 忄生性 犭虫独 彳聿律 彳正征  彳主往 礻申神 衤刀初 ' +
  '阝艮限 阝方防 阝付附 宀至室 贝长账 代贝贷 化贝货 次贝资 贝兼赚 贝寸财 贝才财 丩攵收 彳亍行 十办协 彳艮很 月兑脱  禾中种 禾兄税 ' +
  '木及极 木几机 木勾构 木又权 火包炮 火少炒 饣官馆  走召超 走己起 革圭鞋 口合哈 口巴吧 口自咱 口及吸 土也地 土不坏 土亢坑 白勺的 立占站 目艮眼'

export const COMPOSE: ReadonlyMap<string, string> = new Map(
  SPLIT.split(/\s+/)
    .map((entry) => [...entry])
    .filter((parts) => parts.length === 3)
    .map(([left, right, whole]) => [`${left}${right}`, whole] as [string, string]),
)

/** Left parts that are no word of their own, so that a space between them and the right part can be ignored. */
export const BARE_RADICALS: ReadonlySet<string> = new Set('亻讠钅氵扌纟辶忄犭彳礻衤阝宀饣丩攵⺮艹')
