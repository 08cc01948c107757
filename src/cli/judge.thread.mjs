// Plain JavaScript: Node 20's threads do not inherit the loader that reads TypeScript.
import { register } from 'tsx/esm/api'

register()
await import('./judge.thread.ts')
