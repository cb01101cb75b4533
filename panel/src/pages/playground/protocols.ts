/** The client protocols of the playground: how a conversation is asked, and what an answer says. */
export const protocols = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
export type Protocol = (typeof protocols)[number];

/** A picture that goes with a message. */
export interface Picture {
  type: string;
  base64: string;
}

/** A turn of the conversation. */
export interface Turn {
  role: 'user' | 'assistant';
  text: string;
  pictures?: Picture[];
}

/** What is asked. */
export interface Question {
  model: string;
  system: string;
  turns: Turn[];
  stream: boolean;
  maxTokens: number | null;
  temperature: number | null;
  /** Functions that the model may call: name, description and a JSON Schema. */
  tools: Tool[];
}

export interface Tool {
  name: string;
  description?: string;
  parameters?: unknown;
}

/** What has come of an answer so far. */
export interface Answer {
  text: string;
  reasoning: string;
  calls: { id: string; name: string; arguments: string }[];
  finish: string;
  input: number | null;
  output: number | null;
  cached: number | null;
  error: string;
}

export const noAnswer: Answer = { text: '', reasoning: '', calls: [], finish: '', input: null, output: null, cached: null, error: '' };

/** Where the question goes: below `/api/v1/playground/`. */
export function addressOf(protocol: Protocol, question: Question): string {
  return protocol === 'gemini' ? `gemini?model=${encodeURIComponent(question.model)}&stream=${question.stream}` : protocol;
}

const dataUrl = (p: Picture): string => `data:${p.type};base64,${p.base64}`;

/** The question in the protocol's own words. */
export function bodyOf(protocol: Protocol, q: Question): Record<string, unknown> {
  switch (protocol) {
    case 'openai-chat':
      return {
        model: q.model,
        ...(q.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
        messages: [
          ...(q.system ? [{ role: 'system', content: q.system }] : []),
          ...q.turns.map((t) => ({ role: t.role, content: t.pictures?.length ? [{ type: 'text', text: t.text }, ...t.pictures.map((p) => ({ type: 'image_url', image_url: { url: dataUrl(p) } }))] : t.text })),
        ],
        ...(q.maxTokens === null ? {} : { max_completion_tokens: q.maxTokens }),
        ...(q.temperature === null ? {} : { temperature: q.temperature }),
        ...(q.tools.length > 0 ? { tools: q.tools.map((tool) => ({ type: 'function', function: tool })) } : {}),
      };
    case 'openai-responses':
      return {
        model: q.model,
        ...(q.stream ? { stream: true } : {}),
        store: false,
        ...(q.system ? { instructions: q.system } : {}),
        input: q.turns.map((t) => ({ role: t.role, content: t.role === 'assistant' ? [{ type: 'output_text', text: t.text }] : [{ type: 'input_text', text: t.text }, ...(t.pictures ?? []).map((p) => ({ type: 'input_image', image_url: dataUrl(p) }))] })),
        ...(q.maxTokens === null ? {} : { max_output_tokens: q.maxTokens }),
        ...(q.temperature === null ? {} : { temperature: q.temperature }),
        ...(q.tools.length > 0 ? { tools: q.tools.map((tool) => ({ type: 'function', ...tool })) } : {}),
      };
    case 'anthropic-messages':
      return {
        model: q.model,
        ...(q.stream ? { stream: true } : {}),
        max_tokens: q.maxTokens ?? 4096,
        ...(q.system ? { system: q.system } : {}),
        messages: q.turns.map((t) => ({ role: t.role, content: t.pictures?.length ? [...t.pictures.map((p) => ({ type: 'image', source: { type: 'base64', media_type: p.type, data: p.base64 } })), { type: 'text', text: t.text }] : t.text })),
        ...(q.temperature === null ? {} : { temperature: q.temperature }),
        ...(q.tools.length > 0 ? { tools: q.tools.map((tool) => ({ name: tool.name, ...(tool.description ? { description: tool.description } : {}), input_schema: tool.parameters ?? { type: 'object' } })) } : {}),
      };
    case 'gemini':
      return {
        ...(q.system ? { systemInstruction: { parts: [{ text: q.system }] } } : {}),
        contents: q.turns.map((t) => ({ role: t.role === 'assistant' ? 'model' : 'user', parts: [...(t.pictures ?? []).map((p) => ({ inlineData: { mimeType: p.type, data: p.base64 } })), { text: t.text }] })),
        generationConfig: { ...(q.maxTokens === null ? {} : { maxOutputTokens: q.maxTokens }), ...(q.temperature === null ? {} : { temperature: q.temperature }) },
        ...(q.tools.length > 0 ? { tools: [{ functionDeclarations: q.tools }] } : {}),
      };
  }
}

type Loose = Record<string, unknown> & { [key: string]: unknown };
const object = (value: unknown): Loose => (value && typeof value === 'object' ? (value as Loose) : {});
const array = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const string = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** The answer with what an event, or a whole answer, adds to it. Unknown events add nothing. */
export function read(protocol: Protocol, before: Answer, value: unknown): Answer {
  const event = object(value);
  const failed = object(event.error);
  if (string(failed.message)) return { ...before, error: string(failed.message) };
  switch (protocol) {
    case 'openai-chat':
      return readChat(before, event);
    case 'openai-responses':
      return readResponses(before, event);
    case 'anthropic-messages':
      return readAnthropic(before, event);
    case 'gemini':
      return readGemini(before, event);
  }
}

function readChat(before: Answer, event: Loose): Answer {
  const next = { ...before, calls: [...before.calls] };
  const choice = object(array(event.choices)[0]);
  const part = object(choice.delta ?? choice.message);
  next.text += string(part.content);
  next.reasoning += string(part.reasoning_content) || string(part.reasoning);
  for (const [i, item] of array(part.tool_calls).entries()) {
    const call = object(item);
    const fn = object(call.function);
    const at = number(call.index) ?? i;
    const known = next.calls[at] ?? { id: '', name: '', arguments: '' };
    next.calls[at] = { id: known.id || string(call.id), name: known.name || string(fn.name), arguments: known.arguments + string(fn.arguments) };
  }
  next.finish = string(choice.finish_reason) || next.finish;
  const usage = object(event.usage);
  next.input = number(usage.prompt_tokens) ?? next.input;
  next.output = number(usage.completion_tokens) ?? next.output;
  next.cached = number(object(usage.prompt_tokens_details).cached_tokens) ?? next.cached;
  return next;
}

function readResponses(before: Answer, event: Loose): Answer {
  const next = { ...before, calls: [...before.calls] };
  const whole = object(event.object === 'response' ? event : event.response);
  switch (event.type) {
    case 'response.output_text.delta':
    case 'response.refusal.delta':
      next.text += string(event.delta);
      break;
    case 'response.reasoning_summary_text.delta':
    case 'response.reasoning_text.delta':
      next.reasoning += string(event.delta);
      break;
    case 'response.output_item.done':
      addCall(next, object(event.item));
      break;
    case 'error':
      next.error = string(event.message);
      break;
    default:
  }
  if (event.object === 'response') {
    for (const item of array(event.output).map(object)) {
      addCall(next, item);
      for (const content of [...array(item.content), ...array(item.summary)].map(object)) {
        if (content.type === 'output_text' || content.type === 'refusal') next.text += string(content.text) || string(content.refusal);
        else if (content.type === 'summary_text' || content.type === 'reasoning_text') next.reasoning += string(content.text);
      }
    }
  }
  const usage = object(whole.usage);
  next.input = number(usage.input_tokens) ?? next.input;
  next.output = number(usage.output_tokens) ?? next.output;
  next.cached = number(object(usage.input_tokens_details).cached_tokens) ?? next.cached;
  if (event.object === 'response' || /^response\.(completed|incomplete|failed)$/.test(string(event.type))) next.finish = string(object(whole.incomplete_details).reason) || string(whole.status) || next.finish;
  next.error = string(object(whole.error).message) || next.error;
  return next;
}

function addCall(next: Answer, item: Loose): void {
  if (item.type === 'function_call') next.calls.push({ id: string(item.call_id), name: string(item.name), arguments: string(item.arguments) });
}

function readAnthropic(before: Answer, event: Loose): Answer {
  const next = { ...before, calls: [...before.calls] };
  const count = (usage: Loose): void => {
    const read = number(usage.cache_read_input_tokens);
    const written = number(usage.cache_creation_input_tokens);
    if (number(usage.input_tokens) !== null) next.input = (number(usage.input_tokens) ?? 0) + (read ?? 0) + (written ?? 0);
    next.cached = read ?? next.cached;
    next.output = number(usage.output_tokens) ?? next.output;
  };
  const block = (value: Loose): void => {
    if (value.type === 'text') next.text += string(value.text);
    else if (value.type === 'thinking') next.reasoning += string(value.thinking);
    else if (value.type === 'tool_use') next.calls.push({ id: string(value.id), name: string(value.name), arguments: value.input && Object.keys(object(value.input)).length > 0 ? JSON.stringify(value.input) : '' });
  };
  const delta = object(event.delta);
  switch (event.type) {
    case 'message':
      array(event.content).map(object).forEach(block);
      next.finish = string(event.stop_reason);
      count(object(event.usage));
      break;
    case 'message_start':
      count(object(object(event.message).usage));
      break;
    case 'content_block_start':
      block(object(event.content_block));
      break;
    case 'content_block_delta': {
      next.text += string(delta.text);
      next.reasoning += string(delta.thinking);
      const last = next.calls.at(-1);
      if (delta.type === 'input_json_delta' && last) next.calls[next.calls.length - 1] = { ...last, arguments: last.arguments + string(delta.partial_json) };
      break;
    }
    case 'message_delta':
      next.finish = string(delta.stop_reason) || next.finish;
      count(object(event.usage));
      break;
    default:
  }
  return next;
}

function readGemini(before: Answer, event: Loose): Answer {
  const next = { ...before, calls: [...before.calls] };
  const candidate = object(array(event.candidates)[0]);
  for (const part of array(object(candidate.content).parts).map(object)) {
    if (part.thought === true) next.reasoning += string(part.text);
    else next.text += string(part.text);
    const call = object(part.functionCall);
    if (string(call.name)) next.calls.push({ id: string(call.id), name: string(call.name), arguments: JSON.stringify(call.args ?? {}) });
  }
  next.finish = string(candidate.finishReason) || next.finish;
  const usage = object(event.usageMetadata);
  next.input = number(usage.promptTokenCount) ?? next.input;
  if (number(usage.candidatesTokenCount) !== null) next.output = (number(usage.candidatesTokenCount) ?? 0) + (number(usage.thoughtsTokenCount) ?? 0);
  next.cached = number(usage.cachedContentTokenCount) ?? next.cached;
  return next;
}

/** Reads the tools that a person wrote: one, or a list, in the form of any protocol. Throws in words when they cannot be used. */
export function toolsOf(text: string): Tool[] {
  if (text.trim() === '') return [];
  const value = JSON.parse(text) as unknown;
  return (Array.isArray(value) ? value : [value]).map((one) => {
    const outer = object(one);
    const inner = object(outer.function ?? one);
    const name = string(inner.name);
    if (name === '') throw new Error('name');
    return { name, ...(string(inner.description) ? { description: string(inner.description) } : {}), parameters: inner.parameters ?? inner.input_schema ?? { type: 'object', properties: {} } };
  });
}
