import { describe, expect, test } from 'vitest'
import { BATCH_LIMIT, CHECKS } from '../../src/messages.ts'
import { TEXT_LIMIT } from '../../src/types.ts'

const post = { platform: 'weibo', id: '1', kind: 'post', text: '正文', author: { name: '某人' }, permalink: '' }

describe('what may arrive', () => {
  test('a request of the right shape', () => {
    expect(CHECKS.judge({ posts: [post], pageUrl: 'https://weibo.com/' })).toBe(true)
    expect(CHECKS.decide({ choices: [{ key: 'weibo:1', decision: 'wrong' }] })).toBe(true)
  })

  test.each([
    ['no object', null],
    ['no posts', { pageUrl: '' }],
    ['a post without an author', { posts: [{ ...post, author: undefined }], pageUrl: '' }],
    ['a kind that does not exist', { posts: [{ ...post, kind: 'advert' }], pageUrl: '' }],
    ['a text beyond the limit', { posts: [{ ...post, text: '长'.repeat(TEXT_LIMIT * 2) }], pageUrl: '' }],
    ['too many posts', { posts: Array.from({ length: BATCH_LIMIT + 1 }, () => post), pageUrl: '' }],
    ['an object that poses as a list', { posts: { length: 1, 0: post }, pageUrl: '' }],
  ])('not %s', (_, request) => expect(CHECKS.judge(request)).toBe(false))

  test('not a decision of our own making', () => expect(CHECKS.decide({ choices: [{ key: 'weibo:1', decision: 'delete' }] })).toBe(false))
})
