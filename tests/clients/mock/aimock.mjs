// Runs @copilotkit/aimock as the upstream of the end-to-end tests, on a free port, until its standard input closes.
// The first line on standard output is {"url":"http://127.0.0.1:PORT"}.
//
// Like a very obedient model it does what the user's text says:
//   create file PATH with CONTENT   calls the agent's own tool for that, and says "Done: PATH is written." when the result is in
//   call:NAME {json}                calls that tool, and says "NAME answered: RESULT" when the result is in
//   say:TEXT                        says TEXT
// Anything else gets {"title":"A title"} where JSON is asked for, else "OK".
import { LLMock } from "@copilotkit/aimock";

const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "warn", chunkSize: 7 });

function text(message) {
  const content = message.content;
  // Gemini's results are objects; what the tool said is in one field.
  if (typeof content === "string") return /^\{"output":"[^"]*"\}$/.test(content) ? JSON.parse(content).output : content;
  return Array.isArray(content) ? content.map((part) => part.text ?? "").join("\n") : "";
}

// Agents put reminders of their own around what the user typed, so every user message is looked at, the newest first.
function lastOfUser(request, pattern) {
  for (const message of [...request.messages].reverse()) {
    if (message.role !== "user") continue;
    const found = pattern.exec(text(message).replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, ""));
    if (found) return found;
  }
  return null;
}

function quoted(argument) {
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

// The agents' own tools for writing a file, and the arguments each of them takes.
const writers = {
  Write: (path, content) => ({ file_path: path, content }),
  write_file: (path, content) => ({ file_path: path, content }),
  exec_command: (path, content) => ({ cmd: `printf '%s' ${quoted(content)} > ${quoted(path)}` }),
  shell_command: (path, content) => ({ command: `printf '%s' ${quoted(content)} > ${quoted(path)}` }),
  shell: (path, content) => ({ command: ["bash", "-c", `printf '%s' ${quoted(content)} > ${quoted(path)}`] }),
};

function call(name, args) {
  return { toolCalls: [{ name, arguments: JSON.stringify(args) }] };
}

function answer(request) {
  const results = request.messages.filter((message) => message.role === "tool");
  const tools = (request.tools ?? []).map((tool) => tool.function?.name ?? tool.name);
  const file = lastOfUser(request, /create file (\S+) with (.+)/);
  if (file && tools.length > 0) {
    const [, path, content] = file;
    if (results.length > 0) return { content: `Done: ${path} is written.` };
    const name = Object.keys(writers).find((candidate) => tools.includes(candidate));
    return name ? call(name, writers[name](path, content.trim())) : { content: `No tool for files among ${tools.join(", ")}` };
  }

  const asked = lastOfUser(request, /call:(\w+) (\{.*\})/);
  if (asked && tools.includes(asked[1])) {
    return results.length > 0 ? { content: `${asked[1]} answered: ${text(results.at(-1))}` } : call(asked[1], JSON.parse(asked[2]));
  }

  const said = lastOfUser(request, /say:(.+)/);
  if (said) return { content: said[1].trim() };
  return { content: request.response_format ? '{"title":"A title"}' : "OK" };
}

mock.addFixture({ match: { predicate: () => true }, response: answer });
await mock.start();
console.log(JSON.stringify({ url: mock.url }));
process.stdin.resume();
process.stdin.on("end", async () => {
  await mock.stop();
  process.exit(0);
});
