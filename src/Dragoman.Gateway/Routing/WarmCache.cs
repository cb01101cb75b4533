using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Routing;

/// <summary>
/// What it is worth to wait for the account of a conversation. Its upstream keeps the beginning of the conversation read (a prompt cache); another account has to read all of
/// it again, at ten times the price of most vendors and at a few thousand tokens a second. So an account that is busy or limited for a moment is waited for about as long as
/// another would take to read the conversation.
/// </summary>
internal static class WarmCache
{
    /// <summary>How long a prompt cache lasts after its last use: five minutes at Anthropic and Bedrock, five to ten at OpenAI.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>Below this no vendor caches: 1,024 tokens at Anthropic, OpenAI and Google, or more.</summary>
    private const long FewestTokens = 1024;

    /// <summary>About how many tokens of a prompt a model reads in a second where they are not cached.</summary>
    private const double TokensPerSecond = 5_000;

    /// <summary>How long to wait for the account a conversation is bound to, rather than to ask another; zero where its cache is cold or small.</summary>
    /// <param name="binding">Where the conversation was answered last.</param>
    /// <param name="longest">The longest wait that is worth anything: <c>routing.warm-cache-wait</c>.</param>
    /// <param name="now">The time.</param>
    public static TimeSpan Worth(SessionBinding binding, TimeSpan longest, DateTimeOffset now)
    {
        if (longest <= TimeSpan.Zero || binding.Tokens < FewestTokens || now - binding.UsedAt >= Life) return TimeSpan.Zero;
        var reading = TimeSpan.FromSeconds(binding.Tokens / TokensPerSecond);
        return reading < longest ? reading : longest;
    }

    /// <summary>The wait for an offer that cannot be used now; null where it can, or where it is not back in time.</summary>
    /// <param name="offer">The offer of the account that has the cache.</param>
    /// <param name="worth">How long it may be waited for.</param>
    /// <param name="draft">What is known of the offers.</param>
    /// <param name="now">The time.</param>
    public static CacheWait? WaitFor(ModelTarget offer, TimeSpan worth, RoutePlanBuilder draft, DateTimeOffset now)
    {
        if (worth <= TimeSpan.Zero || !draft.IsBackSoon(offer, out var backAt)) return null;
        if (backAt - now is not { } rest) return new CacheWait(worth, null);
        return rest <= worth ? new CacheWait(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, backAt) : null;
    }
}
