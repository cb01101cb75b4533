using Dragoman.Gateway.Forwarding;
using System.Globalization;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Http;

/// <summary>The response headers that say what the gateway did. Labels and ids only, never a secret.</summary>
internal static class GatewayHeaders
{
    public const string Flow = "x-dragoman-flow";

    public static void Write(IHeaderDictionary target, AnswerHeaders headers)
    {
        Set(target, Flow, headers.Flow);
        Set(target, "x-dragoman-provider", headers.Provider);
        Set(target, "x-dragoman-account", headers.Account);
        Set(target, "x-dragoman-model", headers.Model);
        Set(target, "x-dragoman-losses", headers.Losses);
        Set(target, "x-dragoman-token-count", headers.TokenCount);
        if (headers.Attempts > 0) target["x-dragoman-attempts"] = headers.Attempts == 1 ? "1" : headers.Attempts.ToString(CultureInfo.InvariantCulture);
        if (headers.RetryAfter is { } wait) target.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in headers.Limits) target[name] = HeaderText.Clean(value);
        if (headers.RequestId is { } id) target["request-id"] = HeaderText.Clean(id);
        if (headers.Flow is { } flow)
        {
            // Clients print these when they report a fault; an upstream's own id is the better one to have.
            var request = ErrorAnswer.RequestIdOf(flow);
            if (headers.RequestId is null && !Contains(headers, "request-id")) target["request-id"] = request;
            if (!Contains(headers, "x-request-id")) target["x-request-id"] = request;
        }
    }

    private static bool Contains(AnswerHeaders headers, string name)
    {
        for (var index = 0; index < headers.Upstream.Count; index++)
        {
            if (headers.Upstream[index].Key.Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static void Set(IHeaderDictionary target, string name, string? value)
    {
        if (value is not null) target[name] = HeaderText.Clean(value);
    }
}
