import { describe, expect, it } from 'vitest';
import { addressOf, bodyOf, noAnswer, protocols, type Question, read, toolsOf } from './protocols';

const question: Question = {
  model: 'm/1',
  system: 'Be terse.',
  turns: [
    { role: 'user', text: 'Hi', pictures: [{ type: 'image/png', base64: 'AA==' }] },
    { role: 'assistant', text: 'Yes?' },
    { role: 'user', text: 'Go on' },
  ],
  stream: true,
  maxTokens: 100,
  temperature: 0.5,
  tools: [{ name: 'f', description: 'd', parameters: { type: 'object' } }],
};

const fold = (protocol: (typeof protocols)[number], events: unknown[]) => events.reduce<typeof noAnswer>((answer, event) => read(protocol, answer, event), noAnswer);

describe('what is asked', () => {
  it.each(protocols)('has everything of the question in %s', (protocol) => {
    const text = JSON.stringify(bodyOf(protocol, question));
    for (const part of ['Be terse.', 'Hi', 'Yes?', 'Go on', 'AA==', '100', '0.5', '"f"']) expect(text).toContain(part);
    if (protocol !== 'gemini') expect(text).toContain('m/1');
  });
  it('names the model of Gemini in the address', () => expect(addressOf('gemini', question)).toBe('gemini?model=m%2F1&stream=true'));
  it('sends no limit that was not asked for', () => {
    expect(JSON.stringify(bodyOf('openai-chat', { ...question, maxTokens: null, temperature: null }))).not.toMatch(/max_|temperature/);
    expect(bodyOf('anthropic-messages', { ...question, maxTokens: null }).max_tokens).toBe(4096);
  });
});

describe('what an answer says', () => {
  it('is read from a stream of OpenAI Chat', () => {
    expect(
      fold('openai-chat', [
        { choices: [{ delta: { role: 'assistant', content: 'He' } }] },
        { choices: [{ delta: { content: 'llo', reasoning_content: 'hm' } }] },
        { choices: [{ delta: { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{"a"' } }] } }] },
        { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }, finish_reason: 'tool_calls' }] },
        { choices: [], usage: { prompt_tokens: 5, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 2 } } },
      ]),
    ).toEqual({ text: 'Hello', reasoning: 'hm', calls: [{ id: 'c', name: 'f', arguments: '{"a":1}' }], finish: 'tool_calls', input: 5, output: 7, cached: 2, error: '' });
  });
  it('is read from a stream of Anthropic, with what was cached among the input', () => {
    expect(
      fold('anthropic-messages', [
        { type: 'message_start', message: { usage: { input_tokens: 3, cache_read_input_tokens: 10, output_tokens: 1 } } },
        { type: 'content_block_start', content_block: { type: 'thinking', thinking: '' } },
        { type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: 'hm' } },
        { type: 'content_block_start', content_block: { type: 'tool_use', id: 't', name: 'f', input: {} } },
        { type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '{}' } },
        { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } },
      ]),
    ).toEqual({ text: '', reasoning: 'hm', calls: [{ id: 't', name: 'f', arguments: '{}' }], finish: 'tool_use', input: 13, output: 9, cached: 10, error: '' });
  });
  it('is read from OpenAI Responses, streamed and whole', () => {
    expect(
      fold('openai-responses', [
        { type: 'response.created', response: { status: 'in_progress' } },
        { type: 'response.output_text.delta', delta: 'Hi' },
        { type: 'response.output_item.done', item: { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' } },
        { type: 'response.completed', response: { status: 'completed', usage: { input_tokens: 1, output_tokens: 2 } } },
      ]),
    ).toMatchObject({ text: 'Hi', calls: [{ name: 'f' }], finish: 'completed', input: 1, output: 2 });
    expect(read('openai-responses', noAnswer, { object: 'response', status: 'completed', output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }], usage: { input_tokens: 1, output_tokens: 2 } })).toMatchObject({ text: 'Hi', finish: 'completed' });
  });
  it('is read from Gemini', () => {
    expect(
      fold('gemini', [
        { candidates: [{ content: { parts: [{ text: 'think', thought: true }, { text: 'Hi' }] } }] },
        { candidates: [{ content: { parts: [{ functionCall: { name: 'f', args: { a: 1 } } }] }, finishReason: 'STOP' }], usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 5, thoughtsTokenCount: 2 } },
      ]),
    ).toMatchObject({ text: 'Hi', reasoning: 'think', calls: [{ name: 'f', arguments: '{"a":1}' }], finish: 'STOP', input: 4, output: 7 });
  });
  it('is an error in any protocol, and nonsense adds nothing', () => {
    for (const protocol of protocols) {
      expect(read(protocol, noAnswer, { error: { message: 'No.' } }).error).toBe('No.');
      for (const odd of [null, 3, 'x', [], { type: 7 }, { choices: [null], candidates: 'x', content: [null] }]) expect(read(protocol, noAnswer, odd).text).toBe('');
    }
  });
});

describe('toolsOf', () => {
  it('takes the form of any protocol', () => {
    expect(toolsOf('')).toEqual([]);
    expect(toolsOf('[{"type":"function","function":{"name":"a","parameters":{}}},{"name":"b","input_schema":{"type":"object"}}]').map((t) => t.name)).toEqual(['a', 'b']);
    expect(() => toolsOf('{"description":"x"}')).toThrow();
    expect(() => toolsOf('{')).toThrow();
  });
});
