import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The colours of the panel: variables reach into the shadow root, so that light and dark need nothing here. */
const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--color-text)', backgroundColor: 'var(--color-surface)', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--color-text)', padding: '8px 0' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--color-text)' },
  '.cm-gutters': { backgroundColor: 'var(--color-surface)', color: 'var(--color-muted)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 8px 0 12px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--color-sunken) 70%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'light-dark(#c7d2fe, #3730a3) !important' },
  '.cm-selectionMatch': { backgroundColor: 'var(--color-accent-soft)' },
  '.cm-searchMatch': { backgroundColor: 'var(--color-warn-soft)', outline: '1px solid var(--color-warn-bar)' },
  '.cm-searchMatch-selected': { backgroundColor: 'light-dark(#ffd787, #6b4c0d)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--color-accent-soft)', outline: 'none' },
  '.cm-panels': { backgroundColor: 'var(--color-sunken)', color: 'var(--color-text)', borderColor: 'var(--color-line)', fontFamily: 'var(--font-sans)' },
  '.cm-panel.cm-search': { padding: '6px 28px 6px 8px', fontSize: '13px' },
  '.cm-panel.cm-search label': { fontSize: '13px' },
  '.cm-textfield': { backgroundColor: 'var(--color-surface)', color: 'var(--color-text)', border: '1px solid var(--color-line-strong)', borderRadius: '6px', fontSize: '13px' },
  '.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--color-surface)', color: 'var(--color-text)', border: '1px solid var(--color-line-strong)', borderRadius: '6px', fontSize: '13px' },
  '.cm-panel.cm-search [name=close]': { color: 'var(--color-text)' },
  '.cm-tooltip': { backgroundColor: 'var(--color-raised)', color: 'var(--color-text)', border: '1px solid var(--color-line)', borderRadius: '8px', boxShadow: '0 8px 24px -8px rgb(0 0 0 / 0.35)', fontFamily: 'var(--font-sans)', fontSize: '13px', overflow: 'hidden' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)', maxHeight: '16em', padding: '4px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', borderRadius: '6px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--color-accent-solid)', color: '#ffffff' },
  '.cm-completionDetail': { fontStyle: 'normal', opacity: '0.75', marginLeft: '1em' },
  '.cm-tooltip.cm-completionInfo': { padding: '8px 10px', maxWidth: '24rem', whiteSpace: 'pre-line' },
  '.cm-tooltip-hover .cm-hover': { padding: '8px 10px', maxWidth: '32rem', whiteSpace: 'pre-line' },
  '.cm-hover-title': { fontFamily: 'var(--font-mono)', fontWeight: '600' },
  '.cm-hover-note': { color: 'var(--color-muted)' },
  '.cm-diagnostic': { padding: '6px 10px', marginLeft: '0', whiteSpace: 'pre-line', maxWidth: '32rem' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--color-bad-bar)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--color-warn-bar)' },
  '.cm-diagnostic-info': { borderLeft: '3px solid var(--color-accent)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--color-bad-bar)', textUnderlineOffset: '3px' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--color-warn-bar)', textUnderlineOffset: '3px' },
  '.cm-lintRange-info': { backgroundImage: 'none', textDecoration: 'underline dotted var(--color-muted)', textUnderlineOffset: '3px' },
  // The mark of a fault in the gutter: a dot, as everywhere in the panel.
  '.cm-lint-marker': { content: '"" !important', width: '8px', height: '8px', margin: '6px 3px', borderRadius: '50%' },
  '.cm-lint-marker-error': { backgroundColor: 'var(--color-bad-bar)' },
  '.cm-lint-marker-warning': { backgroundColor: 'var(--color-warn-bar)', borderRadius: '2px' },
  '.cm-lint-marker-info': { backgroundColor: 'var(--color-line-strong)' },
  '.cm-foldGutter .cm-gutterElement': { color: 'var(--color-muted)', cursor: 'pointer' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--color-sunken)', border: '1px solid var(--color-line)', color: 'var(--color-muted)' },
  // The merge view.
  '.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--color-bad-soft)' },
  '.cm-merge-b .cm-changedLine, .cm-inlineChangedLine': { backgroundColor: 'var(--color-ok-soft)' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': { background: 'light-dark(#f9b9bd, #7a2a31)' },
  '&.cm-merge-b .cm-changedText': { background: 'light-dark(#a8e3bf, #1f5c38)' },
  '&.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter': { backgroundColor: 'var(--color-bad-bar)' },
  '&.cm-merge-b .cm-changedLineGutter': { backgroundColor: 'var(--color-ok-bar)' },
  '.cm-collapsedLines': { background: 'var(--color-sunken)', color: 'var(--color-muted)', padding: '4px 12px', fontFamily: 'var(--font-sans)', cursor: 'pointer' },
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"…" !important' },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--color-accent)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--color-muted)', fontStyle: 'italic' },
  { tag: [tags.string, tags.special(tags.string)], color: 'light-dark(#146339, #86d9a8)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'light-dark(#8a4b00, #f0b64f)' },
  { tag: [tags.labelName, tags.typeName, tags.meta], color: 'light-dark(#8e2f7b, #e8a0da)' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--color-muted)' },
]);

/** How every editor of the panel looks. */
export const appearance: Extension = [look, syntaxHighlighting(colours)];
