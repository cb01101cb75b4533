using System.Text.Json.Nodes;

namespace Dragoman.EndToEnd.Tests.Upstreams;

/// <summary>
/// Prompt caches hold only as long as each request begins with the one before: tools, instructions and settings the same, turns only added.
/// Cache marks themselves may move.
/// </summary>
internal static class PromptPrefix
{
    private static readonly string[] Turns = ["messages", "input", "contents"];

    // Labels of the request, no part of the prompt; Codex puts them in another order every time.
    private static readonly string[] Labels = ["metadata", "client_metadata"];

    /// <summary>What a request changed that the one before had said already; empty when nothing.</summary>
    public static IReadOnlyList<string> Changes(IReadOnlyList<SeenRequest> requests)
    {
        var bodies = requests.Select(request => WithoutMarks(JsonNode.Parse(request.Body))!.AsObject()).ToList();
        return [.. bodies.Skip(1).SelectMany((body, index) => Changes(index + 2, bodies[index], body))];
    }

    private static IEnumerable<string> Changes(int number, JsonObject before, JsonObject after)
    {
        foreach (var (name, value) in before.Where(field => !Labels.Contains(field.Key)))
        {
            if (!Turns.Contains(name))
            {
                if (Text(value) != Text(after[name])) yield return $"request {number}: {name} was {Text(value)} and is {Text(after[name])}";
                continue;
            }

            var (old, now) = (value!.AsArray(), after[name]!.AsArray());
            if (now.Count <= old.Count) yield return $"request {number}: {old.Count} turns became {now.Count}";
            for (var turn = 0; turn < Math.Min(old.Count, now.Count); turn++)
            {
                if (Text(old[turn]) != Text(now[turn])) yield return $"request {number}: turn {turn} was {Text(old[turn])} and is {Text(now[turn])}";
            }
        }
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "nothing";

    private static JsonNode? WithoutMarks(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                fields.Remove("cache_control");
                foreach (var value in fields.Select(field => field.Value)) WithoutMarks(value);
                break;
            case JsonArray items:
                foreach (var mark in items.Where(item => item is JsonObject { Count: 1 } only && only.ContainsKey("cachePoint")).ToList()) items.Remove(mark);
                foreach (var item in items) WithoutMarks(item);
                break;
        }

        return node;
    }
}
