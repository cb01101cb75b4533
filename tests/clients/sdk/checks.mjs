// Runs named checks one after the other and prints one JSON object: {"name": what the check returned} or {"name": {"error": "…"}}.
export async function run(checks) {
  const results = {};
  for (const [name, check] of Object.entries(checks)) {
    try {
      results[name] = await check();
    } catch (fault) {
      results[name] = { error: `${fault.name}: ${fault.message}`, stack: String(fault.stack).split("\n").slice(1, 4).join(" | ") };
    }
  }
  console.log(JSON.stringify(results));
}

// What the upstream's model is told, and the tool it may call.
export const [, , baseUrl, model] = process.argv;
export const say = (words) => `say:${words}`;
export const weather = {
  name: "get_weather",
  description: "The weather at a place.",
  parameters: { type: "object", properties: { city: { type: "string" }, days: { type: "integer" } }, required: ["city"] },
};
// A red square of 8 by 8.
export const picture = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC";
export const schema = { type: "object", properties: { city: { type: "string" }, days: { type: "integer" } }, required: ["city", "days"], additionalProperties: false };
export const callWeather = 'call:get_weather {"city":"Zürich","days":2}';
