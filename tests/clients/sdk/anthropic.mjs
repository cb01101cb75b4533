// The official Anthropic SDK: Messages whole and streamed, a tool's round trip, token counts, models.
import Anthropic from "@anthropic-ai/sdk";
import { baseUrl, callWeather, model, picture, run, say, weather } from "./checks.mjs";

const client = new Anthropic({ baseURL: baseUrl, apiKey: "client", maxRetries: 0, timeout: 30000 });
const tools = [{ name: weather.name, description: weather.description, input_schema: weather.parameters }];
const ask = (content) => ({ model, max_tokens: 1000, system: "Be brief.", messages: [{ role: "user", content }] });

await run({
  async whole() {
    const answer = await client.messages.create(ask(say("whole message")));
    return { text: answer.content.find((block) => block.type === "text").text, stop: answer.stop_reason, type: answer.type, role: answer.role, usage: typeof answer.usage.output_tokens };
  },

  async stream() {
    const stream = client.messages.stream(ask(say("streamed message, in several pieces")));
    let deltas = 0;
    const types = [];
    stream.on("text", () => deltas++);
    stream.on("streamEvent", (event) => types.push(event.type));
    const answer = await stream.finalMessage();
    return {
      text: answer.content.at(-1).text, stop: answer.stop_reason, several: deltas > 1, first: types[0], last: types.at(-1),
      blocks: types.filter((type) => type === "content_block_start").length === types.filter((type) => type === "content_block_stop").length,
    };
  },

  async tools() {
    const request = { ...ask(callWeather), tools };
    const first = await client.messages.stream(request).finalMessage();
    const calls = first.content.filter((block) => block.type === "tool_use");
    request.messages.push(
      { role: "assistant", content: first.content },
      { role: "user", content: calls.map((call) => ({ type: "tool_result", tool_use_id: call.id, content: "sunny" })) });
    const second = await client.messages.create(request);
    return { stop: first.stop_reason, calls: calls.map((call) => [call.name, call.input]), text: second.content.at(-1).text, end: second.stop_reason };
  },

  async toolRunner() {
    let asked;
    const tool = { ...tools[0], type: "custom", parse: (input) => input, run: (input) => { asked = input; return "rainy"; } };
    const answer = await client.beta.messages.toolRunner({ ...ask(callWeather), tools: [tool], max_iterations: 4 });
    return { text: answer.content.at(-1).text, asked };
  },

  async thinking() {
    const request = { ...ask(callWeather), tools, max_tokens: 4000, thinking: { type: "enabled", budget_tokens: 1024 } };
    const first = await client.messages.stream(request).finalMessage();
    const calls = first.content.filter((block) => block.type === "tool_use");
    request.messages.push(
      { role: "assistant", content: first.content },
      { role: "user", content: calls.map((call) => ({ type: "tool_result", tool_use_id: call.id, content: "sunny" })) });
    const second = await client.messages.stream(request).finalMessage();
    return { text: second.content.at(-1).text, thought: first.content.some((block) => block.type === "thinking" && block.signature !== "") };
  },

  async picture() {
    const source = { type: "base64", media_type: "image/png", data: picture };
    const answer = await client.messages.create(ask([{ type: "text", text: "What is this?" }, { type: "image", source }]));
    return { seen: answer.content.at(-1).text.split(" (")[0] };
  },

  async pictureInResult() {
    const request = { ...ask(callWeather), tools };
    const first = await client.messages.create(request);
    const call = first.content.find((block) => block.type === "tool_use");
    const source = { type: "base64", media_type: "image/png", data: picture };
    request.messages.push(
      { role: "assistant", content: first.content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: [{ type: "text", text: "a map" }, { type: "image", source }] }] });
    const second = await client.messages.create(request);
    return { seen: second.content.at(-1).text.split(" (")[0] };
  },

  async countTokens() {
    const { max_tokens, ...counted } = ask("How many tokens are these?");
    const count = await client.messages.countTokens(counted);
    return { counted: count.input_tokens > 0 };
  },

  async models() {
    const ids = [];
    for await (const listed of client.models.list()) ids.push(listed.id);
    // Ids of other makers are listed with a prefix, because Claude Code shows no others.
    return { listed: ids.includes(`anthropic/${model}`) };
  },

  async unknownModel() {
    try {
      await client.messages.create({ ...ask("x"), model: "no-such-model" });
      return { status: 200 };
    } catch (fault) {
      return { status: fault.status, type: fault.error?.error?.type, kind: fault.constructor.name };
    }
  },
});
