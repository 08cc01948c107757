/** Height of one post, CSS pixels. */
export const HEIGHT = 120
/** Elements that the list keeps. */
const ROWS = 16

/** A page of zhihu.com whose list keeps a dozen elements and fills them with other posts as one scrolls, as long feeds do. */
export const listPage = (texts: readonly string[]): string => `<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>关注 - 知乎</title></head>
<body style="margin:0"><main class="App-main"><div class="Topstory-recommend" id="list" style="position:relative;height:${texts.length * HEIGHT}px"></div></main>
<script>
  const texts = ${JSON.stringify(texts).replaceAll('<', '\\u003c')}
  const rows = Array.from({ length: Math.min(${ROWS}, texts.length) }, () => {
    const row = document.createElement('div')
    row.className = 'Card TopstoryItem'
    row.style.cssText = 'position:absolute;left:0;right:0;height:${HEIGHT}px'
    row.innerHTML = '<div class="ContentItem PinItem"><div class="ContentItem-meta"><div class="AuthorInfo"><span class="UserLink AuthorInfo-name"><a class="UserLink-link"></a></span></div></div><div class="RichContent"><div class="RichContent-inner"><span class="RichText ztext"></span></div></div></div>'
    list.append(row)
    return row
  })
  const draw = () => {
    const first = Math.max(0, Math.floor(scrollY / ${HEIGHT}) - 3)
    for (let n = first; n < Math.min(texts.length, first + ${ROWS}); n++) {
      const row = rows[n % ${ROWS}]
      if (row.dataset.n === String(n)) continue
      row.dataset.n = n
      row.style.transform = 'translateY(' + n * ${HEIGHT} + 'px)'
      row.querySelector('.PinItem').setAttribute('name', 700000 + n)
      const link = row.querySelector('a')
      link.textContent = '用户' + n
      link.href = '/people/u' + n
      row.querySelector('.ztext').textContent = texts[n]
    }
  }
  addEventListener('scroll', draw)
  draw()
</script></body></html>`
