import { createContext, useContext } from 'react';
import type { Fault } from './model/check';
import { same, valueAt } from './model/edit';
import { type Path, pathText, type Schema } from './model/schema';

/** What the parts of the form share. */
export interface Form {
  root: Schema;
  data: unknown;
  saved: unknown;
  faults: readonly Fault[];
  /** The words that are searched for. */
  words: readonly string[];
  /** A setting's description in the language of the panel. */
  describe: (path: Path, schema: Schema) => string | undefined;
  set: (path: Path, value: unknown) => void;
  remove: (path: Path) => void;
  move: (path: Path, index: number, to: number) => void;
}

const Context = createContext<Form | null>(null);
export const FormProvider = Context.Provider;

/** The form around this part. */
export function useForm(): Form {
  const form = useContext(Context);
  if (!form) throw new Error('There is no form around this.');
  return form;
}

/** What is known of one place of the document. */
export function useField(path: Path): { value: unknown; isSet: boolean; changed: boolean; fault: Fault | undefined } {
  const form = useForm();
  const value = valueAt(form.data, path);
  const text = pathText(path);
  return { value, isSet: value !== undefined, changed: !same(value, valueAt(form.saved, path)), fault: form.faults.find((f) => f.path === text && f.severity !== 'info') };
}

/** How many places below some keys have a fault, and how many were changed. */
export function counts(form: Pick<Form, 'data' | 'saved' | 'faults'>, keys: readonly string[]): { errors: number; warnings: number; changed: number } {
  const own = form.faults.filter((f) => keys.some((key) => f.path === key || f.path.startsWith(`${key}.`) || f.path.startsWith(`${key}[`)));
  return {
    errors: own.filter((f) => f.severity === 'error').length,
    warnings: own.filter((f) => f.severity === 'warning').length,
    changed: keys.reduce((sum, key) => sum + differences(valueAt(form.data, [key]), valueAt(form.saved, [key])), 0),
  };
}

function differences(a: unknown, b: unknown): number {
  if (same(a, b)) return 0;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return 1;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].reduce((sum, name) => sum + differences((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]), 0);
}
