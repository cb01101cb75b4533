/** Lets the browser save what an address gives, under the name that the gateway or this page gives it. */
export function download(address: string, name = ''): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.rel = 'noopener';
  document.body.append(link);
  link.click();
  link.remove();
}

/** Lets the browser save what this page has made, or was given piece by piece. */
export function saveParts(name: string, parts: BlobPart[], type: string): void {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  download(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
