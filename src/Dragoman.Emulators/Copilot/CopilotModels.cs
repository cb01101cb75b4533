using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.Copilot;

/// <summary>Copilot's models: by which paths each is served, which a user has to allow first, and which are refused to integrations. Other names are served by every path, as tests like them.</summary>
internal sealed class CopilotModels
{
    private const string Asked = "claude-opus-4.5";

    private static readonly (string Id, string Type, string[] Paths)[] Listed =
    [
        ("gpt-5-mini", "chat", ["/chat/completions", "/responses"]),
        ("claude-sonnet-4.5", "chat", ["/chat/completions", "/v1/messages"]),
        (Asked, "chat", ["/chat/completions", "/v1/messages"]),
        ("gpt-5.4", "chat", ["/responses"]),
        ("gpt-5.2-codex", "chat", ["/responses"]),
        ("text-embedding-3-small", "embeddings", []),
    ];

    private readonly Lock _gate = new();
    private readonly HashSet<string> _allowed = new(StringComparer.Ordinal);

    public void Clear()
    {
        lock (_gate) _allowed.Clear();
    }

    public Reply List(string person) => Reply.Json(new JsonObject
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. Listed.Select(model =>
        {
            var item = new JsonObject { ["id"] = model.Id, ["name"] = model.Id, ["object"] = "model", ["model_picker_enabled"] = true, ["capabilities"] = new JsonObject { ["type"] = model.Type } };
            if (model.Paths.Length > 0) item["supported_endpoints"] = new JsonArray([.. model.Paths.Select(path => (JsonNode)path)]);
            if (model.Id == Asked) item["policy"] = new JsonObject { ["state"] = IsAllowed(person) ? "enabled" : "unconfigured", ["terms"] = "Enable access to the model from Anthropic." };
            return (JsonNode)item;
        })]),
    });

    public Reply Allow(string person, string model, string? state)
    {
        if (state is not ("enabled" or "disabled")) throw new Refusal(400, "state is enabled or disabled");
        if (Listed.All(item => item.Id != model)) throw new Refusal(404, "model not found");
        lock (_gate)
        {
            if (state == "enabled") _allowed.Add(person);
            else _allowed.Remove(person);
        }

        return Reply.Json(new JsonObject { ["state"] = state });
    }

    /// <summary>Refuses what Copilot refuses.</summary>
    public void Check(string person, string model, string path, string? integration)
    {
        if (model == "editor-only" || (model == "cli-only" && integration != "copilot-developer-cli"))
            throw new Refusal(400, "The requested model is not available for integrator.", "model", "model_not_available_for_integrator");
        if (model == Asked && !IsAllowed(person)) throw new Refusal(400, "The requested model is not supported.", "model", "model_not_supported");
        if (Array.Find(Listed, item => item.Id == model) is { Paths.Length: > 0 } known && !known.Paths.Contains(path, StringComparer.Ordinal))
            throw new Refusal(400, $"model \"{model}\" is not accessible via the {path} endpoint", "model", "unsupported_api_for_model");
    }

    private bool IsAllowed(string person)
    {
        lock (_gate) return _allowed.Contains(person);
    }
}
