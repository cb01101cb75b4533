namespace Dragoman.Gateway.Accounts;

/// <summary>Requests and tokens of the last five minutes, in slices of half a minute. Not safe for many threads; its owner locks.</summary>
internal sealed class RecentLoad
{
    private const int Slices = 10;
    private static readonly long Slice = TimeSpan.FromSeconds(30).Ticks;
    private readonly (long Number, long Requests, long Tokens)[] _slices = new (long, long, long)[Slices];

    public void Add(DateTimeOffset now, long requests, long tokens)
    {
        var number = now.UtcTicks / Slice;
        ref var slice = ref _slices[number % Slices];
        if (slice.Number != number) slice = (number, 0, 0);
        slice.Requests += requests;
        slice.Tokens += tokens;
    }

    public (long Requests, long Tokens) Sum(DateTimeOffset now)
    {
        var oldest = now.UtcTicks / Slice - Slices;
        long requests = 0, tokens = 0;
        foreach (var slice in _slices)
        {
            if (slice.Number <= oldest) continue;
            requests += slice.Requests;
            tokens += slice.Tokens;
        }

        return (requests, tokens);
    }
}
