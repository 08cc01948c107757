declare module 'opencc-js/dict/TSCharacters' {
  /** `萬 万|與 与 …` */
  const table: string
  export default table
}
declare module 'opencc-js/dict/STCharacters' {
  /** `万 萬|与 與 …` */
  const table: string
  export default table
}
