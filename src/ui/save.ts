/** Lets the browser save a file under a name. */
export function saveFile(fileName: string, content: Uint8Array<ArrayBuffer> | string | Blob, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // a slow disk may still read from it
}
