// The AWS SDK for Bedrock's runtime, Anthropic's SDK for Bedrock, and Vercel's: Converse and InvokeModel whole and streamed, tools, counts, errors.
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, CountTokensCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { AnthropicBedrock } from "@anthropic-ai/bedrock-sdk";
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { generateText, streamText } from "ai";
import { baseUrl, callWeather, model, picture, run, say, weather } from "./checks.mjs";

const credentials = { accessKeyId: "client", secretAccessKey: "anything" };
// Without a handler of its own the SDK speaks HTTP/2 with prior knowledge, without TLS too.
const aws = new BedrockRuntimeClient({ region: "us-east-1", endpoint: baseUrl, credentials, maxAttempts: 1 });
const anthropic = new AnthropicBedrock({ awsRegion: "us-east-1", baseURL: baseUrl, awsAccessKey: "client", awsSecretKey: "anything", maxRetries: 0 });
const vercel = createAmazonBedrock({ region: "us-east-1", baseURL: baseUrl, accessKeyId: "client", secretAccessKey: "anything" });
const user = (...content) => ({ role: "user", content });
const toolConfig = { tools: [{ toolSpec: { name: weather.name, description: weather.description, inputSchema: { json: weather.parameters } } }] };

await run({
  async whole() {
    const answer = await aws.send(new ConverseCommand({ modelId: model, system: [{ text: "Be brief." }], messages: [user({ text: say("whole answer") })], inferenceConfig: { maxTokens: 1000 } }));
    return { text: answer.output.message.content.at(-1).text, stop: answer.stopReason, role: answer.output.message.role, usage: typeof answer.usage.totalTokens, latency: typeof answer.metrics.latencyMs };
  },

  async stream() {
    const answer = await aws.send(new ConverseStreamCommand({ modelId: model, messages: [user({ text: say("streamed answer, in several pieces") })] }));
    const events = [];
    for await (const event of answer.stream) events.push(event);
    const texts = events.map((event) => event.contentBlockDelta?.delta?.text).filter((text) => text);
    return { text: texts.join(""), several: texts.length > 1, first: Object.keys(events[0])[0], last: Object.keys(events.at(-1))[0], stop: events.at(-2).messageStop?.stopReason };
  },

  async tools() {
    const messages = [user({ text: callWeather })];
    const first = await aws.send(new ConverseCommand({ modelId: model, messages, toolConfig }));
    const calls = first.output.message.content.filter((block) => block.toolUse).map((block) => block.toolUse);
    messages.push(first.output.message, user(...calls.map((call) => ({ toolResult: { toolUseId: call.toolUseId, content: [{ text: "sunny" }] } }))));
    const second = await aws.send(new ConverseCommand({ modelId: model, messages, toolConfig }));
    return { stop: first.stopReason, calls: calls.map((call) => [call.name, call.input]), text: second.output.message.content.at(-1).text };
  },

  async picture() {
    const answer = await aws.send(new ConverseCommand({ modelId: model, messages: [user({ text: "What is this?" }, { image: { format: "png", source: { bytes: Buffer.from(picture, "base64") } } })] }));
    return { seen: answer.output.message.content.at(-1).text.split(" (")[0] };
  },

  async invoke() {
    const body = JSON.stringify({ anthropic_version: "bedrock-2023-05-31", max_tokens: 1000, messages: [{ role: "user", content: say("an invoked answer") }] });
    const answer = await aws.send(new InvokeModelCommand({ modelId: model, contentType: "application/json", body }));
    const message = JSON.parse(new TextDecoder().decode(answer.body));
    return { text: message.content.at(-1).text, stop: message.stop_reason };
  },

  async count() {
    const answer = await aws.send(new CountTokensCommand({ modelId: model, input: { converse: { messages: [user({ text: "hello there" })] } } }));
    return { counted: answer.inputTokens > 0 };
  },

  async unknownModel() {
    try {
      await aws.send(new ConverseCommand({ modelId: "nobody-has-this", messages: [user({ text: "hi" })] }));
    } catch (fault) {
      return { name: fault.name, status: fault.$metadata.httpStatusCode };
    }
  },

  async anthropicStream() {
    const request = { model, max_tokens: 1000, messages: [{ role: "user", content: callWeather }], tools: [{ name: weather.name, description: weather.description, input_schema: weather.parameters }] };
    const first = await anthropic.messages.stream(request).finalMessage();
    const calls = first.content.filter((block) => block.type === "tool_use");
    request.messages.push({ role: "assistant", content: first.content }, { role: "user", content: calls.map((call) => ({ type: "tool_result", tool_use_id: call.id, content: "sunny" })) });
    const second = await anthropic.messages.create(request);
    return { calls: calls.map((call) => [call.name, call.input]), stop: first.stop_reason, text: second.content.at(-1).text };
  },

  async vercel() {
    const whole = await generateText({ model: vercel(model), prompt: say("by the AI SDK"), maxRetries: 0 });
    const streamed = streamText({ model: vercel(model), prompt: say("streamed by the AI SDK"), maxRetries: 0 });
    let text = "";
    for await (const piece of streamed.textStream) text += piece;
    return { whole: whole.text, finish: whole.finishReason, streamed: text };
  },
});
