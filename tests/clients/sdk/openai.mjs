// The official OpenAI SDK: Chat Completions and Responses, whole and streamed, with a tool's round trip.
import OpenAI from "openai";
import { baseUrl, callWeather, model, picture, run, say, schema, weather } from "./checks.mjs";

const client = new OpenAI({ baseURL: `${baseUrl}/v1`, apiKey: "client", maxRetries: 0, timeout: 30000 });
const chatTool = { type: "function", function: weather };
const responseTool = { type: "function", strict: false, ...weather };
const user = (content) => [{ role: "system", content: "Be brief." }, { role: "user", content }];

await run({
  async chatWhole() {
    const answer = await client.chat.completions.create({ model, messages: user(say("whole chat")) });
    return { text: answer.choices[0].message.content, finish: answer.choices[0].finish_reason, object: answer.object, model: answer.model, total: answer.usage?.total_tokens };
  },

  async chatStream() {
    const stream = client.chat.completions.stream({ model, messages: user(say("streamed chat, in several pieces")), stream_options: { include_usage: true } });
    let deltas = 0;
    stream.on("content", () => deltas++);
    const answer = await stream.finalChatCompletion();
    return { text: answer.choices[0].message.content, finish: answer.choices[0].finish_reason, several: deltas > 1, total: answer.usage?.total_tokens };
  },

  async chatTools() {
    const messages = user(callWeather);
    const stream = client.chat.completions.stream({ model, messages, tools: [chatTool] });
    const first = (await stream.finalChatCompletion()).choices[0];
    const calls = first.message.tool_calls ?? [];
    // The helper adds fields of its own to the message, which the API does not know.
    messages.push({ role: "assistant", tool_calls: calls.map(({ id, type, function: { name, arguments: args } }) => ({ id, type, function: { name, arguments: args } })) }, ...calls.map((call) => ({ role: "tool", tool_call_id: call.id, content: "sunny" })));
    const second = await client.chat.completions.create({ model, messages, tools: [chatTool] });
    return {
      finish: first.finish_reason, calls: calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)]),
      text: second.choices[0].message.content,
    };
  },

  async chatRunTools() {
    let asked;
    const tool = { type: "function", function: { ...weather, parse: JSON.parse, function: (args) => { asked = args; return "rainy"; } } };
    const runner = client.chat.completions.runTools({ model, messages: user(callWeather), tools: [tool], stream: true });
    return { text: await runner.finalContent(), asked };
  },

  async responsesWhole() {
    const answer = await client.responses.create({ model, instructions: "Be brief.", input: say("whole response") });
    return { text: answer.output_text, status: answer.status, object: answer.object, total: answer.usage?.total_tokens };
  },

  async responsesStream() {
    const stream = client.responses.stream({ model, input: say("streamed response, in several pieces") });
    const seen = [];
    let inOrder = true;
    for await (const event of stream) {
      inOrder &&= event.sequence_number === seen.length;
      seen.push(event.type);
    }

    const answer = await stream.finalResponse();
    return {
      text: answer.output_text, status: answer.status, inOrder, first: seen[0], last: seen.at(-1),
      several: seen.filter((type) => type === "response.output_text.delta").length > 1,
    };
  },

  async responsesTools() {
    const input = [{ role: "user", content: callWeather }];
    const stream = client.responses.stream({ model, input, tools: [responseTool] });
    const first = await stream.finalResponse();
    const calls = first.output.filter((item) => item.type === "function_call");
    input.push(...first.output.map(({ parsed_arguments, ...item }) => item), ...calls.map((call) => ({ type: "function_call_output", call_id: call.call_id, output: "sunny" })));
    const second = await client.responses.create({ model, input, tools: [responseTool] });
    return { calls: calls.map((call) => [call.name, JSON.parse(call.arguments)]), text: second.output_text };
  },

  async responsesContinued() {
    const first = await client.responses.create({ model, input: callWeather, tools: [responseTool] });
    const call = first.output.find((item) => item.type === "function_call");
    const second = await client.responses.create({
      model, previous_response_id: first.id, tools: [responseTool], input: [{ type: "function_call_output", call_id: call.call_id, output: "cloudy" }],
    });
    return { text: second.output_text };
  },

  async chatSchema() {
    const format = { type: "json_schema", json_schema: { name: "forecast", strict: true, schema } };
    const answer = await client.chat.completions.create({ model, messages: user("A forecast"), response_format: format });
    const forecast = JSON.parse(answer.choices[0].message.content);
    return { city: typeof forecast.city, days: typeof forecast.days };
  },

  async chatPicture() {
    const content = [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url: `data:image/png;base64,${picture}` } }];
    const answer = await client.chat.completions.create({ model, messages: [{ role: "user", content }] });
    return { seen: answer.choices[0].message.content.split(" (")[0] };
  },

  async responsesReasoning() {
    const input = [{ role: "user", content: callWeather }];
    const options = { model, tools: [responseTool], store: false, reasoning: { effort: "low", summary: "auto" }, include: ["reasoning.encrypted_content"] };
    const first = await client.responses.stream({ ...options, input }).finalResponse();
    const calls = first.output.filter((item) => item.type === "function_call");
    input.push(...first.output.map(({ parsed_arguments, ...item }) => item), ...calls.map((call) => ({ type: "function_call_output", call_id: call.call_id, output: "sunny" })));
    const second = await client.responses.create({ ...options, input });
    return { text: second.output_text, thought: first.output.some((item) => item.type === "reasoning") };
  },

  async completions() {
    const answer = await client.completions.create({ model, prompt: say("a completion"), max_tokens: 100 });
    return { text: answer.choices[0].text.trim(), object: answer.object };
  },

  async models() {
    const ids = [];
    for await (const listed of client.models.list()) ids.push(listed.id);
    return { listed: ids.includes(model) };
  },

  async unknownModel() {
    try {
      await client.chat.completions.create({ model: "no-such-model", messages: user("x") });
      return { status: 200 };
    } catch (fault) {
      return { status: fault.status, code: fault.code, kind: fault.constructor.name };
    }
  },
});
