using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>Counts what one key takes: requests and tokens a minute, and requests at once. All is taken together or not at all.</summary>
internal sealed class KeyRateLimiter
{
    private readonly Lock _gate = new();
    private MinuteWindow? _requests;
    private MinuteWindow? _tokens;
    private int _open;

    /// <summary>Takes what a request needs, or says what it lacks.</summary>
    /// <param name="client">The key with its limits.</param>
    /// <param name="now">The time on the meters' clock.</param>
    /// <param name="tokens">The tokens to take, as estimated.</param>
    /// <param name="place">Whether it takes one of the places for requests at once.</param>
    public MeterAnswer TryAcquire(ClientIdentity client, TimeSpan now, long tokens, bool place)
    {
        lock (_gate)
        {
            var requestLimit = client.RequestsPerMinute;
            var tokenLimit = client.TokensPerMinute;
            if (place && client.Concurrency is { } most && _open >= most) return Rejected(LimitReached.Concurrency, TimeSpan.FromSeconds(1), client, now);
            if (requestLimit is { } requests && Requests.Taken(now) + 1 > requests)
                return Rejected(LimitReached.Requests, Requests.WaitFor(now, 1, requests), client, now);
            if (tokenLimit is { } limit && tokens > 0 && Tokens.Taken(now) + tokens > limit)
                return Rejected(LimitReached.Tokens, Tokens.WaitFor(now, tokens, limit), client, now);
            var taken = new MeterTaken(
                requestLimit is null ? -1 : Requests.Take(now, 1),
                tokenLimit is null || tokens == 0 ? -1 : Tokens.Take(now, tokens),
                tokens,
                place);
            if (place) _open++;
            return new MeterAnswer(LimitReached.Nothing, null, taken, RatesOf(client, now));
        }
    }

    /// <summary>The request is over: its place is free, and its tokens are counted as they were used.</summary>
    public void Release(in MeterTaken taken, TimeSpan now, long used)
    {
        lock (_gate)
        {
            if (taken.Place) _open--;
            if (taken.TokenSlot >= 0) Tokens.Change(now, taken.TokenSlot, used - taken.Tokens);
        }
    }

    /// <summary>The request was not let in after all: everything is given back.</summary>
    public void Return(in MeterTaken taken, TimeSpan now)
    {
        lock (_gate)
        {
            if (taken.Place) _open--;
            if (taken.RequestSlot >= 0) Requests.Change(now, taken.RequestSlot, -1);
            if (taken.TokenSlot >= 0) Tokens.Change(now, taken.TokenSlot, -taken.Tokens);
        }
    }

    /// <summary>How the key stands.</summary>
    public KeyRates Rates(ClientIdentity client, TimeSpan now)
    {
        lock (_gate) return RatesOf(client, now);
    }

    private MinuteWindow Requests => _requests ??= new MinuteWindow();

    private MinuteWindow Tokens => _tokens ??= new MinuteWindow();

    private MeterAnswer Rejected(LimitReached what, TimeSpan? wait, ClientIdentity client, TimeSpan now) => new(what, wait, default, RatesOf(client, now));

    private KeyRates RatesOf(ClientIdentity client, TimeSpan now) => new(
        client.RequestsPerMinute, _requests?.Taken(now) ?? 0, _requests?.UntilEmpty(now) ?? TimeSpan.Zero,
        client.TokensPerMinute, _tokens?.Taken(now) ?? 0, _tokens?.UntilEmpty(now) ?? TimeSpan.Zero,
        client.Concurrency, _open);
}

/// <summary>What a request took from a meter.</summary>
/// <param name="RequestSlot">Where its request is counted; -1 for nowhere.</param>
/// <param name="TokenSlot">Where its tokens are counted; -1 for nowhere.</param>
/// <param name="Tokens">The tokens, as estimated.</param>
/// <param name="Place">Whether it holds a place.</param>
internal readonly record struct MeterTaken(long RequestSlot, long TokenSlot, long Tokens, bool Place);

/// <summary>What a meter answered.</summary>
/// <param name="Lack">What there is too little of.</param>
/// <param name="Wait">How long until there is enough; null when there never is.</param>
/// <param name="Taken">What was taken.</param>
/// <param name="Rates">How the key stands now.</param>
internal readonly record struct MeterAnswer(LimitReached Lack, TimeSpan? Wait, MeterTaken Taken, KeyRates Rates);

/// <summary>What a request lacks.</summary>
internal enum LimitReached
{
    Nothing,
    Requests,
    Tokens,
    Concurrency,
}
