using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Server.Listeners;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Bedrock;

/// <summary>What OpenAI's clients of a Bedrock gateway count on: its names for models, and errors as <c>{"detail"}</c>. Clients of other protocols get their own errors.</summary>
internal sealed class BedrockClientRules : ISurfaceClientRules
{
    /// <summary>What OpenAI's names stand for in both systems, where nothing is served under them (wire note C.5, D.0.2).</summary>
    private static readonly (string Beginning, string Model)[] Names = [("gpt-3.5", "claude-haiku-4-5"), ("gpt-", "claude-sonnet-4-5")];

    /// <inheritdoc/>
    public string ModelOf(string requested, IReadOnlyList<VisibleModel> models)
    {
        if (Find(requested, models) is not null) return requested;
        foreach (var (beginning, model) in Names)
            if (requested.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)) return Find(model, models) ?? requested;
        return requested;
    }

    /// <inheritdoc/>
    public IResponseChannel Shape(HttpContext context, Protocol protocol, IResponseChannel channel)
        => protocol is Protocol.OpenAiChat or Protocol.OpenAiResponses or Protocol.OpenAiCompletions
            ? new ErrorRewriteChannel(channel, (status, body) => (StatusOf(context.Request.Path, status, DetailErrors.MessageOf(body)?.Code), DetailErrors.FromOpenAi(body)))
            : channel;

    /// <summary>The status of an error. Below <c>/api/v1</c> a missing key is 403, as FastAPI's bearer scheme has it; a wrong one is 401.</summary>
    public static int StatusOf(PathString path, int status, string? code) => status == 401 && code == "missing_api_key" && path.StartsWithSegments("/api/v1") ? 403 : status;

    /// <summary>A served model of this name, however it spells versions; null for none.</summary>
    private static string? Find(string name, IReadOnlyList<VisibleModel> models)
    {
        var canonical = CanonicalName.Normalize(name);
        foreach (var model in models)
            if (model.Id.Equals(name, StringComparison.OrdinalIgnoreCase) || CanonicalName.Normalize(model.Id).StartsWith(canonical, StringComparison.Ordinal)) return model.Id;
        return null;
    }
}
