/** A stylesheet as text, as the bundler gives it. */
declare module '*.css?inline' {
  const css: string
  export default css
}
