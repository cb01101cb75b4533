using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.Anthropic;

/// <summary>The model list of the Anthropic API.</summary>
internal static class AnthropicModels
{
    private static readonly (string Id, string Name, string Created)[] All =
    [
        ("claude-haiku-5-5", "Claude Haiku 5.5", "2026-10-07T00:00:00Z"),
        ("claude-opus-5-5", "Claude Opus 5.5", "2026-09-24T00:00:00Z"),
        ("claude-sonnet-5-5", "Claude Sonnet 5.5", "2026-09-30T00:00:00Z"),
        ("claude-opus-4-6", "Claude Opus 4.6", "2026-02-04T00:00:00Z"),
        ("claude-sonnet-4-6", "Claude Sonnet 4.6", "2026-02-17T00:00:00Z"),
        ("claude-opus-4-5-20251101", "Claude Opus 4.5", "2025-11-24T00:00:00Z"),
        ("claude-haiku-4-5-20251001", "Claude Haiku 4.5", "2025-10-15T00:00:00Z"),
        ("claude-sonnet-4-5", "Claude Sonnet 4.5", "2025-09-29T00:00:00Z"),
        ("claude-sonnet-4-5-20250929", "Claude Sonnet 4.5", "2025-09-29T00:00:00Z"),
    ];

    public static Reply List(Call call)
    {
        var limit = int.TryParse(call.Query.GetValueOrDefault("limit"), CultureInfo.InvariantCulture, out var given) ? given : 20;
        if (limit is < 1 or > 1000)
            throw new Refusal(400, "limit: Input should be between 1 and 1000");
        var start = call.Query.TryGetValue("after_id", out var after) ? Array.FindIndex(All, model => model.Id == after) + 1 : 0;
        var page = All.Skip(start).Take(limit).ToList();
        return Reply.Json(new JsonObject
        {
            ["data"] = new JsonArray([.. page.Select(Write)]),
            ["has_more"] = start + page.Count < All.Length,
            ["first_id"] = page.Count == 0 ? null : page[0].Id,
            ["last_id"] = page.Count == 0 ? null : page[^1].Id,
        });
    }

    public static Reply One(string id) =>
        id.StartsWith("missing-", StringComparison.Ordinal) ? throw new Refusal(404, $"model: {id}")
            : Reply.Json(Write(Array.Find(All, model => model.Id == id) is { Id: not null } known ? known : (id, id, "2026-01-01T00:00:00Z")));

    private static JsonNode Write((string Id, string Name, string Created) model) => new JsonObject
    {
        ["type"] = "model",
        ["id"] = model.Id,
        ["display_name"] = model.Name,
        ["created_at"] = model.Created,
        ["max_input_tokens"] = 200_000,
        ["max_tokens"] = 64_000,
    };
}
