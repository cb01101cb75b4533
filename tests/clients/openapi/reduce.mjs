// Makes openai.json of OpenAI's published OpenAPI document: the schemas of what the gateway says in OpenAI's languages and what
// they refer to, without prose. See README.md.
//
//   node reduce.mjs path/to/openapi.json COMMIT > openai.json
import { readFileSync } from "node:fs";

const roots = [
  "CreateChatCompletionResponse", "CreateChatCompletionStreamResponse", "CreateCompletionResponse", "Response", "ResponseStreamEvent", "ResponseItemList",
  "CompactResource", "TokenCountsResource", "ErrorResponse", "ListModelsResponse", "Model",
];
const prose = new Set(["description", "title", "example", "examples", "default", "discriminator", "deprecated"]);
const [path, commit] = process.argv.slice(2);
const document = JSON.parse(readFileSync(path, "utf8"));
const definitions = {};

for (const waiting = [...roots]; waiting.length > 0;) {
  const name = waiting.pop();
  if (name in definitions) continue;
  if (!document.components.schemas[name]) throw new Error(`The document has no schema ${name}.`);
  definitions[name] = reduced(document.components.schemas[name], name, waiting);
}

const result = {
  $comment: `From openai.json of github.com/openai/openai-openapi at ${commit} (version ${document.info.version}), © OpenAI, MIT licence: see README.md.`,
  $defs: Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1))),
};
// One schema a line: small, and a new version can still be compared.
process.stdout.write(`{"$comment":${JSON.stringify(result.$comment)},"$defs":{\n${Object.entries(result.$defs).map(([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`).join(",\n")}\n}}\n`);

/** A schema without prose, in JSON Schema 2020-12; what it refers to goes to `waiting`. */
function reduced(schema, name, waiting) {
  if (typeof schema !== "object" || schema === null) return schema;
  const made = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith("x-") || key === "nullable" || key === "$recursiveAnchor") continue;
    if (prose.has(key)) continue;
    if (key === "$ref") {
      const target = value.split("/").pop();
      waiting.push(target);
      made.$ref = `#/$defs/${target}`;
    } else if (key === "$recursiveRef") made.$ref = `#/$defs/${name}`;
    else if (key === "properties" || key === "patternProperties") made[key] = Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, reduced(inner, name, waiting)]));
    else if (key === "anyOf" || key === "oneOf" || key === "allOf" || key === "prefixItems") made[key] = value.map((inner) => reduced(inner, name, waiting));
    else if (key === "items" || key === "additionalProperties" || key === "not") made[key] = reduced(value, name, waiting);
    else made[key] = value;
  }

  return schema.nullable === true ? { anyOf: [made, { type: "null" }] } : made;
}
