using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Server.Listeners;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary>What clients of an Antigravity gateway count on (wire notes codex-and-antigravity D.1): what may be left out of a request, and errors in the words of that system.</summary>
internal sealed class AntigravityClientRules(ModelMappings mappings) : ISurfaceClientRules
{
    private const string DefaultModel = "claude-sonnet-4-6";
    private const int DefaultMaxTokens = 4_096;

    /// <inheritdoc/>
    public PooledBuffer? Complete(Protocol protocol, ReadOnlySpan<byte> body)
    {
        if (protocol is not (Protocol.AnthropicMessages or Protocol.OpenAiChat or Protocol.OpenAiResponses)) return null;
        var (hasModel, hasLimit, hasInput, count) = (false, protocol != Protocol.AnthropicMessages, protocol == Protocol.OpenAiChat, 0);
        var scan = new TopLevelJsonScanner(body);
        while (scan.Next())
        {
            count++;
            hasModel |= scan.Name.SequenceEqual("model"u8);
            hasLimit |= scan.Name.SequenceEqual("max_tokens"u8);
            hasInput |= protocol == Protocol.AnthropicMessages ? scan.Name.SequenceEqual("messages"u8) && scan.Value is [(byte)'[', ..] : scan.Name.SequenceEqual("input"u8);
        }

        if (scan.Broken || scan.TooDeep) return null;
        if (!hasInput) throw protocol == Protocol.AnthropicMessages ? WireException.Invalid("messages is required and must be an array", "messages") : WireException.Invalid("input is required", code: "invalid_input");
        if (hasModel && hasLimit) return null;
        string[] missing = [.. hasModel ? Array.Empty<string>() : [$"\"model\":\"{DefaultModel}\""], .. hasLimit ? Array.Empty<string>() : [$"\"max_tokens\":{DefaultMaxTokens}"]];
        return BodyMembers.Prepend(body, string.Join(',', missing), count > 0);
    }

    /// <inheritdoc/>
    public string ModelOf(string requested, IReadOnlyList<VisibleModel> models) => mappings.TargetOf(requested, models);

    /// <inheritdoc/>
    public string EmptyAnswerText => "[No response after retries - please try again]";

    /// <inheritdoc/>
    public string? UnknownRoute(HttpRequest request) => Unknown(request);

    /// <inheritdoc/>
    public IResponseChannel Shape(HttpContext context, Protocol protocol, IResponseChannel channel) => new ErrorRewriteChannel(channel, (status, body) => Rewrite(context.Request, protocol, status, body));

    private static string Unknown(HttpRequest request) => $"Endpoint {request.Method} {request.Path}{request.QueryString} not found";

    private static (int Status, byte[] Body) Rewrite(HttpRequest request, Protocol protocol, int status, ReadOnlyMemory<byte> body)
    {
        if (BodyMembers.Read(body) is not { } answer || answer["error"] is not JsonObject error) return (status, body.ToArray());
        var message = error.Text("message") ?? "";
        // An address that is not there: any method of it, and in one form for all clients.
        if ((status == 404 && message == Unknown(request)) || (status == 405 && error.Text("code") == "method_not_allowed")) return (404, Error("not_found_error", Unknown(request)));
        if (status == 401) return (401, Error("authentication_error", "Invalid or missing API key"));
        if (status != 429 || message.StartsWith("RESOURCE_EXHAUSTED", StringComparison.Ordinal) || protocol is not (Protocol.AnthropicMessages or Protocol.OpenAiChat)) return (status, body.ToArray());
        error["message"] = $"RESOURCE_EXHAUSTED: {message}";
        return (status, JsonSerializer.SerializeToUtf8Bytes(answer, SurfaceAnswer.Plain));
    }

    private static byte[] Error(string type, string message)
        => JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["type"] = "error", ["error"] = new JsonObject { ["type"] = type, ["message"] = message } }, SurfaceAnswer.Plain);
}
