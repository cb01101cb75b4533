using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Json;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Xai;

/// <summary>
/// Requests by a plan: what kind of token it is, whose it is, and which conversation it belongs to, so that all turns of one come to the server that has its prompt in the cache (wire notes logins-2026-11,
/// section 7, "Headers"; docs.x.ai, "Prompt caching"). The gateway names itself where a program is named.
/// </summary>
internal sealed class XaiRequests : IRequestBuilder
{
    private const string ConversationHeader = "x-grok-conv-id";
    private const int MostLetters = 256;

    private static readonly JsonRequests Json = new(OpenAiPaths.Find);

    /// <summary>The headers by which clients name their session, the most particular first.</summary>
    private static readonly string[] SessionHeaders = ["x-claude-code-session-id", "session_id", "session-id", "conversation_id"];

    /// <inheritdoc/>
    public BuiltRequest? Build(UpstreamCall call)
    {
        if (Json.Build(call) is not { } built) return null;
        var headers = built.Message.Headers;
        Put("X-XAI-Token-Auth", call.Account.Options.GetValueOrDefault(XaiAccountSchema.TokenAuth.Name));
        Put("x-grok-client-version", call.Account.Options.GetValueOrDefault(XaiAccountSchema.ClientVersion.Name));
        Put("x-userid", (call.Credential.Credential as OAuthCredential)?.AccountId);
        if (call.Operation == UpstreamOperation.Generate) Put(ConversationHeader, SessionOf(call));
        return built;

        void Put(string name, string? value)
        {
            if (value is { Length: > 0 and <= MostLetters } && !headers.Contains(name)) headers.TryAddWithoutValidation(name, HeaderText.Clean(value));
        }
    }

    /// <summary>The conversation: the key that the request gives its cached prompt, else the client's session; null where nobody names one.</summary>
    private static string? SessionOf(UpstreamCall call)
    {
        if (CacheKeyOf(call.Body.Span) is { } key) return key;
        foreach (var name in SessionHeaders)
            foreach (var (header, value) in call.ClientHeaders)
                if (header.Equals(name, StringComparison.OrdinalIgnoreCase)) return value;
        return null;
    }

    private static string? CacheKeyOf(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8TokenReader(body, JsonReading.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.NextProperty())
            {
                var isKey = reader.ValueTextEquals("prompt_cache_key"u8);
                reader.Read();
                if (isKey) return reader.StringOrNull();
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // The upstream will say so.
        }

        return null;
    }
}
