using System.Collections.Concurrent;
using Dragoman.Gateway.Accounts;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// What was learnt of accounts while they were used and is not worth storing: which host refuses one, which profile was wrong, when a plan resets. Another node, or the next start,
/// learns it anew by one refused request.
/// </summary>
internal sealed class KiroMemory
{
    private const int MaxAccounts = 4096;

    private static readonly TimeSpan UnderWay = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Facts> _accounts = new(StringComparer.Ordinal);

    /// <summary>What there is to know of models.</summary>
    public KiroCatalog Catalog { get; } = new();

    /// <summary>Whether the account is asked for at the other hosts, because the first has refused it.</summary>
    public bool IsElsewhere(Account account) => Of(account).Place == Place.Other;

    /// <summary>
    /// A host has refused the account. The first refusal leads to the other hosts; requests that were under way at the first one may be refused a moment later and change nothing. Where the others refuse it as well, the
    /// account stays with the first.
    /// </summary>
    /// <returns>Whether the request is worth another try.</returns>
    public bool TryElsewhere(Account account, DateTimeOffset now)
    {
        var facts = Of(account);
        switch (facts.Place)
        {
            case Place.First:
                Set(account, known => known with { Place = Place.Other, MovedAt = now });
                return true;
            case Place.Other when now - facts.MovedAt < UnderWay:
                return true;
            case Place.Other:
                Set(account, static known => known with { Place = Place.FirstForGood });
                return false;
            default:
                return false;
        }
    }

    /// <summary>The service does not take the account's profile, or wants one where it has none; false where it has been looked up since, and the same came of it. Requests with one token are refused together.</summary>
    public bool TryDoubt(Account account, string? arn, string token)
    {
        if (Of(account) is { Doubted: { } doubted } facts && doubted == (arn ?? "")) return facts.DoubtedToken == token;
        Set(account, facts => facts with { Doubted = arn ?? "", DoubtedToken = token });
        return true;
    }

    /// <summary>Whether a profile is to be looked up anew: the service did not take it.</summary>
    public bool IsDoubted(Account account, string? arn) => Of(account).Doubted == (arn ?? "");

    /// <summary>The vendor has suspended the account that has this access token.</summary>
    public void Suspend(Account account, string token, string words) => Set(account, facts => facts with { SuspendedToken = token, SuspendedWords = words });

    /// <summary>What the vendor said when it suspended the account; null where it did not, or the account has signed in anew since.</summary>
    public string? SuspensionOf(Account account, string token) => Of(account) is { SuspendedToken: { } suspended } facts && suspended == token ? facts.SuspendedWords : null;

    /// <summary>When the account's plan resets, as the vendor said last; null where it did not.</summary>
    public DateTimeOffset? ResetOf(Account account) => Of(account).ResetsAt;

    /// <summary>Notes when the account's plan resets.</summary>
    public void NoteReset(Account account, DateTimeOffset? at) => Set(account, facts => facts with { ResetsAt = at });

    private Facts Of(Account account) => _accounts.TryGetValue(account.Id, out var facts) ? facts : Facts.None;

    private void Set(Account account, Func<Facts, Facts> change)
    {
        // Accounts come and go over months; what is known of them is cheap to learn.
        if (_accounts.Count >= MaxAccounts) _accounts.Clear();
        _accounts.AddOrUpdate(account.Id, _ => change(Facts.None), (_, facts) => change(facts));
    }

    private sealed record Facts
    {
        public static Facts None { get; } = new();

        public Place Place { get; init; }

        public DateTimeOffset MovedAt { get; init; }

        public string? Doubted { get; init; }

        public string? DoubtedToken { get; init; }

        public string? SuspendedToken { get; init; }

        public string? SuspendedWords { get; init; }

        public DateTimeOffset? ResetsAt { get; init; }
    }

    private enum Place
    {
        First,
        Other,
        FirstForGood,
    }
}
