import { autocompletion, type Completion, type CompletionContext, completionKeymap, startCompletion } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { MergeView } from '@codemirror/merge';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Annotation, Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, hoverTooltip, keymap, lineNumbers } from '@codemirror/view';
import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { currentLanguage } from '@/app/language';
import { phrases } from './phrases';
import { appearance } from './theme';
import { Echoes } from './echoes';

/** Something that is wrong or worth knowing at a place of the text; places count from 1. */
export interface EditorFault {
  severity: 'error' | 'warning' | 'info';
  line: number;
  column: number;
  /** Where it ends, when known; the rest of the line otherwise. */
  endLine?: number;
  endColumn?: number;
  message: string;
}

/** What may be written at a place: shown in a list. */
export interface EditorCompletion {
  /** Where the word begins that it replaces. */
  from: number;
  options: { label: string; detail?: string; info?: string; insert: string; /** Asks for the next completion at once. */ again?: boolean; kind: 'key' | 'value' }[];
}

/** What is told of a place that is pointed at. */
export interface EditorHover {
  from: number;
  to: number;
  title: string;
  text: string;
  note?: string;
}

/** What a page may have an editor do. */
export interface EditorHandle {
  goTo: (line: number, column?: number) => void;
  focus: () => void;
}

interface Props {
  value: string;
  onChange?: (text: string) => void;
  label: string;
  language?: 'yaml' | 'text';
  readOnly?: boolean;
  faults?: readonly EditorFault[];
  complete?: (text: string, at: number, asked: boolean) => EditorCompletion | null;
  hover?: (text: string, at: number) => EditorHover | null;
  wrap?: boolean;
  ref?: Ref<EditorHandle>;
}

/** A change that the page made, which is not told to it again. */
const outside = Annotation.define<boolean>();
const editability = new Compartment();

const base = (label: string, language: 'yaml' | 'text', wrap: boolean | undefined): Extension => [
  appearance,
  lineNumbers(),
  highlightSpecialChars(),
  drawSelection(),
  EditorState.phrases.of(phrases[currentLanguage()] ?? {}),
  EditorView.contentAttributes.of({ 'aria-label': label, translate: 'no', spellcheck: 'false' }),
  language === 'yaml' ? [yaml(), indentUnit.of('  ')] : [],
  wrap ? EditorView.lineWrapping : [],
];

function rootOf(host: HTMLElement): ShadowRoot {
  return host.shadowRoot ?? host.attachShadow({ mode: 'open' });
}

/**
 * A text editor: YAML with completion, explanations where it is pointed at, and faults at their lines. It lives in a shadow root, so that its styles are
 * adopted sheets and the page's policy holds. Tab indents; Escape and then Tab leaves it.
 */
export default function CodeEditor({ value, onChange, label, language = 'yaml', readOnly = false, faults, complete, hover, wrap, ref }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const now = useRef({ value, onChange, complete, hover });
  const told = useRef(new Echoes());
  useLayoutEffect(() => {
    now.current = { value, onChange, complete, hover };
  });

  useEffect(() => {
    if (!host.current) return;
    const root = rootOf(host.current);
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: now.current.value,
        extensions: [
          base(label, language, wrap),
          history(),
          foldGutter(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          lintGutter(),
          autocompletion({ override: [(context) => ask(context, now.current.complete)], icons: false }),
          hoverTooltip((v, at) => {
            const found = now.current.hover?.(v.state.doc.toString(), at);
            return found ? { pos: found.from, end: found.to, above: true, create: () => ({ dom: hoverBox(found) }) } : null;
          }),
          keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap, indentWithTab]),
          editability.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((t) => t.annotation(outside))) told.current.tell(update.state.doc.toString(), now.current.onChange);
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [label, language, wrap]);

  useEffect(() => {
    const v = view.current;
    if (!v || told.current.isEcho(value) || v.state.doc.toString() === value) return;
    // Only what differs is replaced, so that the cursor and the folds stay.
    const old = v.state.doc.toString();
    let from = 0;
    const least = Math.min(old.length, value.length);
    while (from < least && old.charCodeAt(from) === value.charCodeAt(from)) from++;
    let end = 0;
    while (end < least - from && old.charCodeAt(old.length - 1 - end) === value.charCodeAt(value.length - 1 - end)) end++;
    v.dispatch({ changes: { from, to: old.length - end, insert: value.slice(from, value.length - end) }, annotations: outside.of(true) });
  }, [value, label, language, wrap]);

  useEffect(() => {
    view.current?.dispatch({ effects: editability.reconfigure([EditorState.readOnly.of(readOnly), EditorView.editable.of(true)]) });
  }, [readOnly, label, language, wrap]);

  useEffect(() => {
    const v = view.current;
    if (!v) return;
    v.dispatch(setDiagnostics(v.state, (faults ?? []).map((f) => diagnosticOf(v.state, f)).sort((a, b) => a.from - b.from)));
  }, [faults, label, language, wrap]);

  useImperativeHandle(
    ref,
    () => ({
      focus: () => view.current?.focus(),
      goTo: (line, column = 1) => {
        const v = view.current;
        if (!v) return;
        const at = placeOf(v.state, line, column);
        v.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
        v.focus();
      },
    }),
    [],
  );

  return <div ref={host} className="h-full min-h-0 overflow-hidden rounded-[inherit]" data-editor />;
}

function ask(context: CompletionContext, complete: Props['complete']): { from: number; options: Completion[] } | null {
  const found = complete?.(context.state.doc.toString(), context.pos, context.explicit);
  if (!found || found.options.length === 0) return null;
  return {
    from: found.from,
    options: found.options.map((option, i) => ({
      label: option.label,
      detail: option.detail,
      info: option.info,
      type: option.kind === 'key' ? 'property' : 'constant',
      boost: -i / 100,
      apply: (v, _, from, to) => {
        v.dispatch({ changes: { from, to, insert: option.insert }, selection: { anchor: from + option.insert.length }, userEvent: 'input.complete' });
        if (option.again) setTimeout(() => startCompletion(v), 0);
      },
    })),
  };
}

function hoverBox(told: EditorHover): HTMLElement {
  const box = document.createElement('div');
  box.className = 'cm-hover';
  for (const [name, text] of [
    ['cm-hover-title', told.title],
    ['', told.text],
    ['cm-hover-note', told.note ?? ''],
  ] as const) {
    if (!text) continue;
    const line = document.createElement('div');
    line.className = name;
    line.textContent = text;
    box.append(line);
  }
  return box;
}

function placeOf(state: EditorState, line: number, column: number): number {
  const found = state.doc.line(Math.min(state.doc.lines, Math.max(1, line)));
  return Math.min(found.to, found.from + Math.max(0, column - 1));
}

function diagnosticOf(state: EditorState, fault: EditorFault): Diagnostic {
  const from = placeOf(state, fault.line, fault.column);
  const line = state.doc.lineAt(from);
  let to = fault.endColumn ? placeOf(state, fault.endLine ?? fault.line, fault.endColumn) : from + Math.max(1, (/^[^\s:#]+/.exec(state.doc.sliceString(from, line.to))?.[0] ?? '').length);
  to = Math.min(Math.max(to, from), state.doc.length);
  return { from, to, severity: fault.severity, message: fault.message };
}

interface MergeProps {
  original: string;
  value: string;
  /** Edits of the right side; read-only without. */
  onChange?: (text: string) => void;
  labels: { original: string; value: string };
}

/** Two texts side by side, what differs in colour, with what is the same folded away. The right one can be edited. */
export function MergeEditor({ original, value, onChange, labels }: MergeProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<MergeView | null>(null);
  const now = useRef({ original, value, onChange });
  const told = useRef(new Echoes());
  useLayoutEffect(() => {
    now.current = { original, value, onChange };
  });
  const fixed = !onChange;
  useEffect(() => {
    if (!host.current) return;
    const root = rootOf(host.current);
    const still: Extension = [EditorState.readOnly.of(true)];
    const made = new MergeView({
      root,
      parent: root,
      a: { doc: now.current.original, extensions: [base(labels.original, 'yaml', true), still] },
      b: {
        doc: now.current.value,
        extensions: [
          base(labels.value, 'yaml', true),
          fixed ? still : [history(), keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab])],
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((t) => t.annotation(outside))) told.current.tell(update.state.doc.toString(), now.current.onChange);
          }),
        ],
      },
      collapseUnchanged: { margin: 3, minSize: 6 },
      gutter: true,
    });
    made.dom.style.height = '100%';
    made.dom.style.overflow = 'auto';
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [labels.original, labels.value, fixed]);
  useEffect(() => {
    const v = view.current;
    if (!v) return;
    for (const [side, text] of [
      [v.a, original],
      [v.b, value],
    ] as const) {
      if (!(side === v.b && told.current.isEcho(text)) && side.state.doc.toString() !== text) side.dispatch({ changes: { from: 0, to: side.state.doc.length, insert: text }, annotations: outside.of(true) });
    }
  }, [original, value]);
  return <div ref={host} className="h-full min-h-0 overflow-hidden rounded-[inherit]" data-editor />;
}
