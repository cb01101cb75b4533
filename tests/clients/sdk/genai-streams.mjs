// How the official Google GenAI SDK reads streams that are silent for a while, that break off, and that end in an error. The third argument
// is the upstream's address: it is told of every piece that came, and only then goes on.
import { GoogleGenAI } from "@google/genai";
import { baseUrl, run } from "./checks.mjs";

const upstream = process.argv[4];
let keepAlives = 0;
const seen = () => fetch(`${upstream}/seen`);

// The SDK's own fetch, which also counts the pieces that say nothing.
async function watched(url, init) {
  const answer = await fetch(url, init);
  const decoder = new TextDecoder();
  const body = answer.body.pipeThrough(new TransformStream({
    async transform(piece, out) {
      if (decoder.decode(piece).trim() === "") {
        keepAlives++;
        await seen();
      }
      out.enqueue(piece);
    },
  }));
  return new Response(body, { status: answer.status, headers: answer.headers });
}

const client = new GoogleGenAI({ apiKey: "client", httpOptions: { baseUrl, timeout: 60000, fetch: watched } });

async function read(model) {
  let text = "", finish = null, thrown = null;
  keepAlives = 0;
  try {
    for await (const piece of await client.models.generateContentStream({ model, contents: "x" })) {
      text += piece.text ?? "";
      finish = piece.candidates?.[0]?.finishReason ?? finish;
      await seen();
    }
  } catch (fault) {
    thrown = { name: fault.name, status: fault.status ?? null };
  }
  return { text, finish, thrown, kept: keepAlives };
}

await run({ silent: () => read("silent"), broken: () => read("broken"), failed: () => read("failed"), late: () => read("late") });
