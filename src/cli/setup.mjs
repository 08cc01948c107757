/**
 * Sets up what a fresh clone lacks, so that every npm script works at once: the locked dependencies and, with
 * `--browser`, a Chromium and a Chinese font, with `--firefox` a Firefox, with `--nats` the server that the tests of teams and workers
 * start, with `--office` a LibreOffice, which opens the exports. Plain JavaScript, since nothing is installed yet when
 * it runs.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const STAMP = 'node_modules/.mingcha-lock'
const BROWSERS = ['chromium', 'chromium-browser', 'microsoft-edge', 'brave-browser']
const FIREFOXES = ['firefox-esr', 'firefox']

function fail(message) {
  console.error(`\n${message}`)
  process.exit(1)
}

function installDependencies() {
  const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock) return
  console.error('安装依赖 · installing dependencies (package-lock.json) …')
  const npm = process.env.npm_execpath
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []]
  // Standard output may be a command's result, so that of npm goes to standard error.
  const { status } = spawnSync(command, [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], { stdio: ['ignore', 2, 2] })
  if (status !== 0) fail('npm ci 失败：请检查网络和 npm 源后重试。\nnpm ci failed: check the network and the npm registry, then run this again.')
  mkdirSync('node_modules', { recursive: true })
  writeFileSync(STAMP, lock)
}

function has(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0
}

function fromDebian(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-q'], { stdio: ['ignore', 2, 2], env })
  execFileSync('apt-get', ['install', '-yq', '--no-install-recommends', ...packages], { stdio: ['ignore', 2, 2], env })
}

const mayInstall = () => has('apt-get') && process.getuid?.() === 0

/** Leaves it where `variable` gives it or one of `names` is there; else takes `packages` from Debian. */
function install(title, variable, names, packages) {
  if (process.env[variable] || names.some(has)) return
  const manual = `请安装 ${title}，或用环境变量 ${variable} 指出它的路径。\nInstall ${title}, or give its path in the environment variable ${variable}.`
  if (!mayInstall()) fail(`没有找到 ${title}。No ${title} found.\n${manual}`)
  console.error(`安装 ${title} · installing ${packages[0]} from Debian …`)
  try {
    fromDebian(packages)
  } catch {
    fail(`apt-get 失败。apt-get failed.\n${manual}`)
  }
}

/** Without a Chinese font, pages are boxes; a browser that was here before may have come without one. */
function installFonts() {
  if (process.platform !== 'linux' || spawnSync('fc-list', [':lang=zh']).stdout?.length > 0) return
  try {
    if (!mayInstall()) throw new Error('not root, or no apt-get')
    console.error('安装中文字体 · installing fonts for Chinese …')
    fromDebian(['fontconfig', 'fonts-noto-cjk', 'fonts-noto-color-emoji'])
  } catch {
    console.error('没有中文字体，截图里的汉字会是方框。请安装一种，如 fonts-noto-cjk。\nNo Chinese font: in screenshots its characters are boxes. Install one, such as fonts-noto-cjk.')
  }
}

installDependencies()
if (process.argv.includes('--browser')) install('Chromium', 'CHROMIUM', BROWSERS, ['chromium'])
if (process.argv.includes('--firefox')) install('Firefox', 'FIREFOX', FIREFOXES, ['firefox-esr'])
if (process.argv.includes('--browser')) installFonts()
if (process.argv.includes('--nats')) install('nats-server', 'NATS_SERVER', ['nats-server'], ['nats-server'])
if (process.argv.includes('--office')) install('LibreOffice', 'SOFFICE', ['soffice'], ['libreoffice-calc-nogui'])
