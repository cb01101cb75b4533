using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// What ChatGPT's backend says in words of its own (wire notes codex-and-antigravity §B.5, §B.7, logins-2026-11 §2): a used-up window names its reset; a refused token is renewed once, and only the
/// version that was refused is marked; a model that the plan or the version of the client does not have is that model's matter and not the account's.
/// </summary>
internal sealed class ChatGptFailures : IFailureClassifier
{
    /// <inheritdoc/>
    public Failure Classify(in UpstreamFailure failure)
    {
        var usual = StatusFailures.Instance.Classify(failure);
        var error = failure.Error;
        if (Is(error, "usage_not_included") || Is(error, "deactivated_workspace")) return usual with { Class = FailureClass.Forbidden, Until = null, IsOfAccount = true };
        if (Is(error, "usage_limit_reached")) return UsedUp(failure, usual);
        // A connection that has served its time; the next one does not have to be asked for anything else.
        if (Is(error, "websocket_connection_limit_reached")) return usual with { Class = FailureClass.Transient };
        if (Says(error, "selected model is at capacity")) return usual with { Class = FailureClass.Capacity };
        if (Says(error, "requires a newer version of Codex") || Says(error, "when using Codex with a ChatGPT account")) return usual with { Class = FailureClass.Gone };
        // Another account may be of another kind, or have made the reasoning that came back.
        if (Says(error, "Unsupported parameter") || Is(error, "invalid_encrypted_content")) return usual with { Class = FailureClass.Unsupported };
        if (Says(error, "not authorized in this region")) return usual with { Class = FailureClass.Forbidden, IsOfAccount = true };
        if (error.Kind == ErrorKind.Authentication) return usual with { Class = failure.OfRefusedToken };
        // A page in front of the backend, which is about neither the account nor the request.
        if (error.Kind == ErrorKind.Permission && failure.Body.Span.TrimStart(" \r\n\t"u8) is [(byte)'<', ..]) return usual with { Class = FailureClass.Capacity };
        return usual;
    }

    private static Failure UsedUp(in UpstreamFailure failure, Failure usual)
    {
        var until = ResetIn(failure.Body) ?? usual.Until ?? ChatGptQuotaHeaders.LatestUsedUp(failure.Headers, failure.Now);
        return new Failure(FailureClass.QuotaExhausted, until is { } end ? usual.Error with { RetryAfter = end > failure.Now ? end - failure.Now : TimeSpan.Zero } : usual.Error, until)
        {
            // Single models may have a limit of their own, which the header names.
            IsOfAccount = !failure.Headers.TryGetValues("x-codex-active-limit", out var limits) || limits.All(static limit => limit is "codex" or "primary" or "secondary"),
        };
    }

    /// <summary>The moment that the error itself names (<c>error.resets_at</c>, seconds since 1970).</summary>
    private static DateTimeOffset? ResetIn(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty) return null;
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            var error = root.TryGetProperty("error", out var member) && member.ValueKind == JsonValueKind.Object ? member : root;
            return VendorJson.Number(error, "resets_at") is > 0 and < 1e11 and var seconds ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Is(WireError error, string code) => error.Code == code || error.Type == code;

    private static bool Says(WireError error, string words) => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
