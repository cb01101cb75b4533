import { remark } from './merge';

/** The file of the configuration as it was read. */
export interface FileText {
  text: string;
  /** Its ETag. */
  version: string;
  /** Whether there is one yet. */
  exists: boolean;
  /** Whether its secrets are shown, because it could not be read without them. */
  raw?: boolean;
}

/** What is being written, and what it began with. */
export interface Draft {
  base: FileText;
  text: string;
  /** What stands in the file by now, when it is another than what the draft began with. */
  theirs: FileText | null;
}

/** Whether a draft says anything that the file it began with does not. */
export const isDirty = (draft: Draft): boolean => draft.text !== draft.base.text;

/** The draft after the file was read again. Nobody's change is lost: not the one in the file, and not the one in the draft. */
export function whenRead(draft: Draft | null, file: FileText): Draft {
  if (!draft) return { base: file, text: file.text, theirs: null };
  if (file.version === draft.base.version) {
    if (file.text === draft.base.text) return draft.theirs ? { ...draft, theirs: null } : draft;
    // The same file with other marks of its secrets, or with more of them: what was just saved.
    const text = isDirty(draft) ? remark(draft.text, draft.base.text, file.text) : file.text;
    return { base: file, text: text ?? draft.text, theirs: null };
  }
  if (!isDirty(draft) || draft.text === file.text) return { base: file, text: file.text, theirs: null };
  return { ...draft, theirs: file };
}

/** The draft after its owner has looked at what was changed elsewhere: it goes on from there, with the text that was decided on. */
export function whenDecided(draft: Draft, text: string): Draft {
  return draft.theirs ? { base: draft.theirs, text, theirs: null } : { ...draft, text };
}
