/** Hands a file to the person, as a download of the page. */
export function saveFile(name: string, content: BlobPart, mime: string): void {
  const address = URL.createObjectURL(new Blob([content], { type: mime }))
  Object.assign(document.createElement('a'), { href: address, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
