/**
 * What an editor has told of its text, and has not been given back yet. A page draws a little later than a person types: a text that comes back is one that the editor
 * has already gone beyond, and must not be put in its place.
 */
export class Echoes {
  private waiting: string[] = [];

  /** Tells a text, and waits for it to come back. */
  tell(text: string, whom: ((text: string) => void) | undefined): void {
    this.waiting.push(text);
    // A page may leave texts out; a long wait is for ones that never come.
    if (this.waiting.length > 100) this.waiting.shift();
    whom?.(text);
  }

  /** Whether a text is one that the editor told itself; then nothing is to be done. Anything else is news, and ends all waiting. */
  isEcho(text: string): boolean {
    const at = this.waiting.indexOf(text);
    if (at < 0) {
      this.waiting = [];
      return false;
    }
    this.waiting.splice(0, at + 1);
    return true;
  }
}
