using Dragoman.Gateway.Providers;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>
/// The requests of an account with an API key, and the beta without which no access token is taken. It is added to the betas that the client asked for; nothing else is, and the gateway says who it is. What
/// a program puts into its prompts is its own.
/// </summary>
/// <param name="requests">How requests to Anthropic's API are made.</param>
internal sealed class ClaudeSubscriptionRequests(IRequestBuilder requests) : IRequestBuilder
{
    private const string Header = "anthropic-beta";

    /// <inheritdoc/>
    public BuiltRequest? Build(UpstreamCall call)
    {
        if (requests.Build(call) is not { } built) return null;
        var needed = call.Account.Options.GetValueOrDefault(ClaudeSubscriptionAccountSchema.Beta.Name, ClaudeSubscriptionSettings.DefaultBeta);
        var headers = built.Message.Headers;
        if (!headers.TryGetValues(Header, out var given))
        {
            headers.TryAddWithoutValidation(Header, needed);
            return built;
        }

        var asked = string.Join(',', given);
        headers.Remove(Header);
        headers.TryAddWithoutValidation(Header, Merge(asked, needed));
        return built;
    }

    /// <summary>The flags of both, each once, those that the client asked for first.</summary>
    private static string Merge(string asked, string needed)
    {
        var flags = asked.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join(',', flags.Concat(needed.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct(StringComparer.Ordinal));
    }
}
