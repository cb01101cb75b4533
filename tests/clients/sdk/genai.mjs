// The official Google GenAI SDK: content whole and streamed, a function's round trip, token counts, models, and what is not served. It
// needs Node 22 or later.
import { GoogleGenAI } from "@google/genai";
import { baseUrl, callWeather, model, picture, run, say, schema, weather } from "./checks.mjs";

// The version of the API that the SDK asked last: it chooses it itself.
let version;
const watched = (url, init) => {
  [, version] = new URL(url).pathname.split("/");
  return fetch(url, init);
};
const client = new GoogleGenAI({ apiKey: "client", httpOptions: { baseUrl, timeout: 30000, fetch: watched } });
const tools = [{ functionDeclarations: [{ name: weather.name, description: weather.description, parametersJsonSchema: weather.parameters }] }];
const config = { systemInstruction: "Be brief." };

await run({
  async whole() {
    const answer = await client.models.generateContent({ model, contents: say("whole content"), config });
    return { text: answer.text, finish: answer.candidates[0].finishReason, role: answer.candidates[0].content.role };
  },

  async stream() {
    let text = "", pieces = 0, finish;
    for await (const piece of await client.models.generateContentStream({ model, contents: say("streamed content, in several pieces"), config })) {
      if (piece.text) pieces++;
      text += piece.text ?? "";
      finish = piece.candidates?.[0]?.finishReason ?? finish;
    }

    return { text, finish, several: pieces > 1 };
  },

  async tools() {
    const contents = [{ role: "user", parts: [{ text: callWeather }] }];
    const parts = [];
    for await (const piece of await client.models.generateContentStream({ model, contents, config: { ...config, tools } })) {
      parts.push(...(piece.candidates?.[0]?.content?.parts ?? []));
    }

    const calls = parts.flatMap((part) => part.functionCall ?? []);
    contents.push(
      { role: "model", parts },
      { role: "user", parts: calls.map((call) => ({ functionResponse: { id: call.id, name: call.name, response: { output: "sunny" } } })) });
    const second = await client.models.generateContent({ model, contents, config: { ...config, tools } });
    return { calls: calls.map((call) => [call.name, call.args]), text: second.text };
  },

  async thoughts() {
    const thinking = { ...config, tools, thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } };
    const contents = [{ role: "user", parts: [{ text: callWeather }] }];
    const first = await client.models.generateContent({ model, contents, config: thinking });
    const { parts } = first.candidates[0].content;
    contents.push(
      { role: "model", parts },
      { role: "user", parts: parts.flatMap((part) => part.functionCall ?? []).map(({ id, name }) => ({ functionResponse: { id, name, response: { output: "sunny" } } })) });
    const second = await client.models.generateContent({ model, contents, config: thinking });
    return { text: second.text, thought: parts.some((part) => part.thought) };
  },

  async schema() {
    const answer = await client.models.generateContent({ model, contents: "A forecast", config: { ...config, responseMimeType: "application/json", responseJsonSchema: schema } });
    const forecast = JSON.parse(answer.text);
    return { city: typeof forecast.city, days: typeof forecast.days };
  },

  async picture() {
    const parts = [{ text: "What is this?" }, { inlineData: { mimeType: "image/png", data: picture } }];
    const answer = await client.models.generateContent({ model, contents: [{ role: "user", parts }], config });
    return { seen: answer.text.split(" (")[0] };
  },

  async chat() {
    const chat = client.chats.create({ model, config });
    await chat.sendMessage({ message: say("first") });
    const second = await chat.sendMessage({ message: say("second") });
    return { text: second.text };
  },

  async countTokens() {
    const count = await client.models.countTokens({ model, contents: "How many tokens are these?" });
    return { counted: count.totalTokens > 0 };
  },

  async models() {
    const ids = [];
    for await (const listed of await client.models.list({ config: { pageSize: 100 } })) ids.push(listed.name);
    const listedBy = version;
    const one = await client.models.get({ model });
    return { listed: ids.includes(`models/${model}`), version: listedBy, one: one.name };
  },

  files: () => unserved(() => client.files.list()),
  file: () => unserved(() => client.files.get({ name: "files/abc" })),
  caches: () => unserved(() => client.caches.list()),
  cache: () => unserved(() => client.caches.create({ model, config: { contents: "x" } })),
  batches: () => unserved(() => client.batches.list()),

  async unknownModel() {
    try {
      await client.models.generateContent({ model: "no-such-model", contents: "x" });
      return { status: 200 };
    } catch (fault) {
      return { status: fault.status };
    }
  },
});

// What the SDK throws where the gateway has nothing: its message is the answer's body, in Gemini's form.
async function unserved(ask) {
  try {
    await ask();
    return { status: 200 };
  } catch (fault) {
    const { error } = JSON.parse(fault.message);
    return { version, status: fault.status, code: error.code, name: error.status, told: error.message.includes("does not serve") };
  }
}
