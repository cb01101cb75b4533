using System.Text.Json.Nodes;
using Dragoman.Emulators.Anthropic;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Vertex;

/// <summary>Claude on Vertex AI: Anthropic's bodies without the model and with the version, fewer beta flags, and the count of tokens as a model of its own. What Google says itself is in Google's form.</summary>
internal sealed class VertexClaude
{
    private static readonly HashSet<string> Betas = new(StringComparer.Ordinal)
    {
        "tool-search-tool-2025-10-19", "compact-2026-01-12", "compact-2026-09-04", "computer-use-2025-01-24", "computer-use-2025-11-24", "context-management-2025-06-27", "dangerous-tool-use-2026-09-03",
        "interleaved-thinking-2025-05-14", "per-turn-control-2026-07-01", "thinking-binding-controls-2026-08-01", "thinking-display-updates-2026-08-18", "web-search-2025-03-05",
    };

    private readonly AnthropicApi _anthropic = new();

    /// <summary>Whether a call is for Claude.</summary>
    public static bool IsClaude(Call call) => call.Segments is [_, _, _, _, _, _, _, "anthropic", ..];

    public Reply Error(Call call, Refusal refusal) => _anthropic.Error(call, refusal);

    public Reply Answer(Call call, RequestContext request, string last, string place)
    {
        var colon = last.LastIndexOf(':');
        if (colon < 0 || last[(colon + 1)..] is not ("rawPredict" or "streamRawPredict")) throw new Refusal(404, "Requested entity was not found.");
        var model = last[..colon];
        var body = call.Json ?? throw new Refusal(400, $"The request body is not valid JSON: {call.ParseError ?? "expected an object"}");
        var betas = AnthropicBetas.Read(call);
        var isCount = model == "count-tokens";
        var wrong = betas.Where(flag => !Betas.Contains(flag) || (isCount && flag.StartsWith("web-search-", StringComparison.Ordinal))).Select(flag => $"`{flag}`").ToList();
        if (wrong.Count > 0)
            throw new Refusal(400, $"Unexpected value(s) {string.Join(", ", wrong)} for the `anthropic-beta` header. Please consult our documentation at docs.anthropic.com or try again without the header.");
        if (isCount) return AnthropicApi.Count(call, request);
        if (!model.StartsWith("claude-", StringComparison.Ordinal) || IsWithoutSnapshot(model))
            throw new Refusal(404, $"Publisher Model `{place}/publishers/anthropic/models/{model}` was not found or your project does not have access to it.");
        if (body["anthropic_version"] is not { } version) throw new Refusal(400, "anthropic_version: Field required");
        if (version.Str() != "vertex-2023-10-16") throw new Refusal(400, "anthropic_version: Input should be 'vertex-2023-10-16'");
        AnthropicRules.Check(body, betas, request.Signatures, AnthropicHost.Vertex, model);
        return AnthropicApi.Compose(body, AnthropicReading.Read(body, model), request);
    }

    /// <summary>Models before 4.6 have no id without a snapshot.</summary>
    private static bool IsWithoutSnapshot(string model) => model is "claude-haiku-4-5" or "claude-opus-4-5" or "claude-sonnet-4-5" || model.EndsWith("-latest", StringComparison.Ordinal) || (model.Contains("-202", StringComparison.Ordinal) && !model.Contains('@', StringComparison.Ordinal));
}
