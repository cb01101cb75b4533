// Holds bodies against OpenAI's published schemas (openai.json): reads lines {"schema": name, "body": …} from a file (or standard input) and
// prints a JSON array of faults: {"line", "schema", "path", "fault"}. A field the schemas do not know is a fault too.
//
//   node validate.mjs [bodies.jsonl]
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const { $defs: published } = JSON.parse(readFileSync(new URL("openai.json", import.meta.url), "utf8"));
const tags = ["type", "role", "object", "status"];

const definitions = {};
for (const [name, schema] of Object.entries(published)) {
  definitions[name] = strict(schema, true);
  // Parts of an allOf: what the others know is unknown to them.
  definitions[`${name}|part`] = strict(schema, false);
}

const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true, logger: false, discriminator: false }));
ajv.addSchema({ $id: "openai", $defs: definitions });

const faults = [];
readFileSync(process.argv[2] ?? 0, "utf8").split("\n").forEach((line, index) => {
  if (line.trim() === "") return;
  const { schema, body } = JSON.parse(line);
  const check = ajv.getSchema(`openai#/$defs/${schema}`);
  if (!check) throw new Error(`There is no schema ${schema}.`);
  if (check(body)) return;
  for (const { instancePath, keyword, message, params } of check.errors) {
    // These only say that one of the others is there.
    if (keyword === "if" || keyword === "anyOf") continue;
    const detail = params.unevaluatedProperty ?? params.additionalProperty ?? params.allowedValues?.join(", ") ?? params.allowedValue ?? "";
    faults.push({ line: index, schema, path: instancePath.replace(/\/\d+/g, "/*"), fault: `${message} ${detail}`.trim() });
  }
});
process.stdout.write(JSON.stringify(faults));

/** A schema that takes no unknown fields (unless it is open, as parts of an allOf are), and that says of a union only what is wrong with the branch that was meant. */
function strict(schema, closed) {
  if (typeof schema !== "object" || schema === null) return schema;
  const { anyOf, oneOf, ...made } = schema;
  if (made.$ref && !closed) made.$ref += "|part";
  if (made.properties) made.properties = Object.fromEntries(Object.entries(made.properties).map(([name, inner]) => [name, strict(inner, true)]));
  if (made.items) made.items = strict(made.items, true);
  if (made.additionalProperties) made.additionalProperties = strict(made.additionalProperties, true);
  if (made.allOf) made.allOf = made.allOf.map((inner) => strict(inner, false));
  const branches = anyOf ?? oneOf;
  if (branches) made.allOf = [...(made.allOf ?? []), union(branches, closed && !made.properties && !made.allOf)];
  if (closed && (made.properties || schema.allOf) && !("additionalProperties" in made)) made.unevaluatedProperties = false;
  return made;
}

/** One of several: by null, by kind of JSON, by a tag; what cannot be told apart is any of them. */
function union(branches, closed) {
  const isNull = (branch) => branch.type === "null";
  if (branches.some(isNull)) {
    const others = branches.filter((branch) => !isNull(branch));
    return { if: { type: "null" }, else: others.length === 0 ? false : union(others, closed) };
  }

  if (branches.length === 1) return strict(branches[0], closed);
  for (const tag of tags) {
    const values = branches.map((branch) => tagged(branch, tag));
    if (values.some((value) => value === null)) continue;
    const byValue = new Map();
    branches.forEach((branch, index) => values[index].forEach((value) => byValue.set(value, [...(byValue.get(value) ?? []), branch])));
    if (byValue.size < 2) continue;
    return {
      type: "object", properties: { [tag]: { enum: [...byValue.keys()] } }, required: [tag],
      allOf: [...byValue].map(([value, meant]) => ({ if: { type: "object", properties: { [tag]: { const: value } }, required: [tag] }, then: union(meant, closed) })),
    };
  }

  return { anyOf: branches.map((branch) => strict(branch, closed)) };
}

/** The values a tag may have in a branch; null where it says none. */
function tagged(branch, tag) {
  let resolved = branch;
  while (resolved.$ref) resolved = published[resolved.$ref.split("/").pop()];
  if (resolved.allOf) return resolved.allOf.map((part) => tagged(part, tag)).find((values) => values !== null) ?? null;
  const inner = resolved.anyOf ?? resolved.oneOf;
  if (inner && !resolved.properties) {
    const all = inner.map((part) => tagged(part, tag));
    return all.some((values) => values === null) ? null : [...new Set(all.flat())];
  }

  const field = resolved.properties?.[tag];
  return field?.enum ?? ("const" in (field ?? {}) ? [field.const] : null);
}
