/** A part of what was said: text, reasoning, a tool's call or result, a picture or a file by its name. */
export interface Said {
  kind: 'text' | 'reasoning' | 'call' | 'result' | 'media' | 'error' | 'other';
  text: string;
  /** The tool. */
  name?: string;
}

/** A message of a conversation. */
export interface Message {
  role: string;
  parts: Said[];
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const object = (value: unknown): Json => (isObject(value) ? value : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A value as text: strings as they are, others as JSON. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  try {
    return JSON.stringify(value, null, 2);
  } catch {
    // Too deep to write.
    return '…';
  }
}

function media(part: Json): Said {
  const source = object(part.source ?? part.inlineData ?? part.inline_data ?? part.image_url ?? part.input_audio ?? part.file);
  const type = text(source.media_type ?? source.mimeType ?? source.mime_type ?? source.format) || text(part.type) || 'media';
  const data = text(source.data ?? source.url ?? part.image_url ?? part.file_data);
  return { kind: 'media', text: `${type}${data ? ` (${data.length})` : ''}` };
}

/** One block of a message's content, in any protocol's form. */
function part(value: unknown): Said[] {
  if (typeof value === 'string') return [{ kind: 'text', text: value }];
  if (!isObject(value)) return [];
  const type = text(value.type);
  if (isObject(value.functionCall)) return [{ kind: 'call', name: text(value.functionCall.name), text: asText(value.functionCall.args) }];
  if (isObject(value.functionResponse)) return [{ kind: 'result', name: text(value.functionResponse.name), text: asText(value.functionResponse.response) }];
  if (value.inlineData || value.inline_data || value.fileData) return [media(value)];
  switch (type) {
    case 'tool_use':
    case 'server_tool_use':
      return [{ kind: 'call', name: text(value.name), text: asText(value.input) }];
    case 'tool_result':
      return [{ kind: 'result', name: text(value.tool_use_id), text: contentText(value.content) }];
    case 'thinking':
      return [{ kind: 'reasoning', text: text(value.thinking) }];
    case 'redacted_thinking':
      return [{ kind: 'reasoning', text: '…' }];
    case 'function_call':
    case 'custom_tool_call':
      return [{ kind: 'call', name: text(value.name), text: asText(value.arguments ?? value.input) }];
    case 'function_call_output':
    case 'custom_tool_call_output':
      return [{ kind: 'result', name: text(value.call_id), text: contentText(value.output) }];
    case 'reasoning':
      return [{ kind: 'reasoning', text: list(value.summary).map((s) => text(object(s).text)).join('\n') || list(value.content).map((s) => text(object(s).text)).join('\n') || '…' }];
    case 'refusal':
      return [{ kind: 'text', text: text(value.refusal) }];
  }
  if (typeof value.text === 'string') return [{ kind: value.thought === true ? 'reasoning' : 'text', text: value.text }];
  if (/image|audio|document|file|video/.test(type)) return [media(value)];
  return [{ kind: 'other', text: asText(value) }];
}

const contentText = (value: unknown): string =>
  Array.isArray(value)
    ? value
        .flatMap(part)
        .map((p) => p.text)
        .join('\n')
    : asText(value);

const parts = (value: unknown): Said[] => (value === null || value === undefined ? [] : (Array.isArray(value) ? value : [value]).flatMap(part));

/** The messages of a request in any client protocol. */
export function messagesOf(request: unknown): Message[] {
  const body = object(request);
  const out: Message[] = [];
  const system = body.system ?? body.instructions ?? object(body.systemInstruction ?? body.system_instruction).parts;
  if (system) out.push({ role: 'system', parts: parts(system) });
  for (const value of list(body.messages)) {
    const message = object(value);
    const said: Said[] = [];
    if (typeof message.reasoning_content === 'string') said.push({ kind: 'reasoning', text: message.reasoning_content });
    if (message.role === 'tool') said.push({ kind: 'result', name: text(message.tool_call_id), text: contentText(message.content) });
    else said.push(...parts(message.content));
    for (const call of list(message.tool_calls)) said.push({ kind: 'call', name: text(object(object(call).function).name), text: asText(object(object(call).function).arguments) });
    out.push({ role: text(message.role) || '?', parts: said });
  }
  if (typeof body.input === 'string') out.push({ role: 'user', parts: parts(body.input) });
  for (const value of list(body.input)) {
    const item = object(value);
    if (item.content !== undefined && (item.type === undefined || item.type === 'message')) out.push({ role: text(item.role) || '?', parts: parts(item.content) });
    else out.push({ role: text(item.type).endsWith('output') ? 'tool' : text(item.role) || 'assistant', parts: parts(item) });
  }
  for (const value of list(body.contents)) out.push({ role: text(object(value).role) || 'user', parts: parts(object(value).parts) });
  if (typeof body.prompt === 'string') out.push({ role: 'user', parts: parts(body.prompt) });
  return out;
}

/** What a whole answer says, in any client or upstream protocol. */
export function answerOf(answer: unknown): Said[] {
  const body = object(answer);
  if (body.error) return [{ kind: 'error', text: text(object(body.error).message) || asText(body.error) }];
  const out: Said[] = [];
  for (const choice of list(body.choices)) {
    const message = object(object(choice).message);
    if (typeof message.reasoning_content === 'string') out.push({ kind: 'reasoning', text: message.reasoning_content });
    out.push(...parts(message.content ?? object(choice).text));
    for (const call of list(message.tool_calls)) out.push({ kind: 'call', name: text(object(object(call).function).name), text: asText(object(object(call).function).arguments) });
  }
  if (body.role === 'assistant' || body.type === 'message') out.push(...parts(body.content));
  for (const item of list(body.output)) out.push(...(object(item).type === 'message' ? parts(object(item).content) : parts(item)));
  for (const candidate of list(body.candidates)) out.push(...parts(object(object(candidate).content).parts));
  return out;
}

/** What one event of a stream adds, by the place that it adds to. */
function deltas(event: unknown): (Said & { place: string; append: boolean })[] {
  const e = object(event);
  const type = text(e.type);
  const out: (Said & { place: string; append: boolean })[] = [];
  const add = (place: string, said: Said, append = true): void => void out.push({ ...said, place, append });
  if (e.error) add('error', { kind: 'error', text: text(object(e.error).message) || asText(e.error) }, false);
  for (const value of list(e.choices)) {
    const choice = object(value);
    const delta = object(choice.delta);
    const at = `c${String(choice.index ?? 0)}`;
    if (delta.reasoning_content) add(`${at}r`, { kind: 'reasoning', text: text(delta.reasoning_content) });
    if (delta.content) add(`${at}t`, { kind: 'text', text: text(delta.content) });
    if (typeof choice.text === 'string' && choice.text) add(`${at}t`, { kind: 'text', text: choice.text });
    for (const call of list(delta.tool_calls)) add(`${at}k${String(object(call).index ?? 0)}`, { kind: 'call', name: text(object(object(call).function).name), text: text(object(object(call).function).arguments) });
  }
  if (type === 'content_block_start') {
    const block = object(e.content_block);
    if (block.type === 'tool_use' || block.type === 'server_tool_use') add(`b${String(e.index)}`, { kind: 'call', name: text(block.name), text: '' });
    else if (block.type === 'thinking' || block.type === 'text') add(`b${String(e.index)}`, { kind: block.type === 'text' ? 'text' : 'reasoning', text: text(block.text ?? block.thinking) });
  } else if (type === 'content_block_delta') {
    const delta = object(e.delta);
    if (typeof delta.text === 'string') add(`b${String(e.index)}`, { kind: 'text', text: delta.text });
    else if (typeof delta.thinking === 'string') add(`b${String(e.index)}`, { kind: 'reasoning', text: delta.thinking });
    else if (typeof delta.partial_json === 'string') add(`b${String(e.index)}`, { kind: 'call', text: delta.partial_json });
  } else if (type === 'response.output_item.added' && text(object(e.item).type).endsWith('call')) add(`o${String(e.output_index)}`, { kind: 'call', name: text(object(e.item).name), text: '' });
  else if (/^response\.(output_text|refusal)\.delta$/.test(type)) add(`o${String(e.output_index)}.${String(e.content_index)}`, { kind: 'text', text: text(e.delta) });
  else if (/^response\.reasoning(_summary)?_text\.delta$/.test(type)) add(`o${String(e.output_index)}r`, { kind: 'reasoning', text: text(e.delta) });
  else if (/^response\.(function_call_arguments|custom_tool_call_input)\.delta$/.test(type)) add(`o${String(e.output_index)}`, { kind: 'call', text: text(e.delta) });
  for (const value of list(object(e.response).candidates ?? e.candidates)) for (const p of parts(object(object(value).content).parts)) add(`g${p.kind}${p.kind === 'call' ? `${p.name}${out.length}` : ''}`, p, p.kind !== 'call');
  // Bedrock's and Kiro's events, kept as lines.
  const block = object(e.contentBlockDelta);
  if (isObject(block.delta)) {
    if (typeof block.delta.text === 'string') add(`v${String(block.contentBlockIndex)}`, { kind: 'text', text: block.delta.text });
    if (isObject(block.delta.toolUse)) add(`v${String(block.contentBlockIndex)}`, { kind: 'call', text: text(block.delta.toolUse.input) });
  }
  const told = object(e.assistantResponseEvent ?? (typeof e.content === 'string' && type === '' && !e.choices ? e : undefined));
  if (typeof told.content === 'string') add('k', { kind: 'text', text: told.content });
  return out;
}

/** A stream's events folded into what they say together, in the order in which the parts began. Text beyond `most` characters is left out. */
export function fold(events: Iterable<string>, most = 400_000): { parts: Said[]; cut: boolean } {
  const places = new Map<string, { said: Said; chunks: string[] }>();
  const order: { said: Said; chunks: string[] }[] = [];
  let size = 0;
  let cut = false;
  for (const data of events) {
    if (data === '' || data === '[DONE]') continue;
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      continue;
    }
    for (const { place, append, ...said } of deltas(value)) {
      let slot = append ? places.get(place) : undefined;
      if (!slot) {
        slot = { said: { ...said, text: '' }, chunks: [] };
        order.push(slot);
        if (append) places.set(place, slot);
      }
      if (said.name && !slot.said.name) slot.said.name = said.name;
      if (size < most) {
        slot.chunks.push(said.text.slice(0, most - size));
        size += said.text.length;
      } else cut = true;
    }
  }
  return { parts: order.map((s) => ({ ...s.said, text: s.chunks.join('') })).filter((p) => p.text !== '' || p.kind === 'call'), cut: cut || size > most };
}
