/** Puts text on the clipboard; gives whether it is there. Pages without a secure context have the old way only. */
export async function copyText(text: string): Promise<boolean> {
  const { clipboard } = navigator as Partial<Navigator>;
  try {
    if (clipboard === undefined) return copyBySelection(text);
    await clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text); // refused, as in a frame that lacks the permission
  }
}

/** What all browsers have, and the standard advises against: the only way there is without a secure context. */
interface OldWay {
  execCommand?(command: 'copy'): boolean;
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  const here: OldWay = document;
  const copied = here.execCommand?.('copy') ?? false;
  area.remove();
  return copied;
}
