using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers.Vendor;

namespace Dragoman.Gateway.Providers;

/// <summary>Asks a vendor's own endpoint how much of an account's quotas is left. That only one node asks, and how often, is not its concern.</summary>
public interface IQuotaReader
{
    /// <summary>How long is waited between two questions about one account, at least.</summary>
    TimeSpan Interval => TimeSpan.FromMinutes(5);

    /// <summary>Whether there is anything to ask about an account; one that is not covered is never asked about.</summary>
    /// <param name="account">The account.</param>
    bool Covers(Account account) => true;

    /// <summary>Asks the vendor. Does not throw for what the vendor answers; what its connections throw may pass through.</summary>
    /// <param name="account">The account.</param>
    /// <param name="vendor">How the vendor is reached.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<QuotaReport> ReadAsync(Account account, VendorContext vendor, CancellationToken cancellationToken);
}

/// <summary>What a vendor says of an account's quotas.</summary>
public sealed record QuotaReport
{
    /// <summary>The windows of the account as a whole.</summary>
    public IReadOnlyList<QuotaWindow> Account { get; init; } = [];

    /// <summary>Windows of single models or families, by the upstream's model ids.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<QuotaWindow>> Models { get; init; } = new Dictionary<string, IReadOnlyList<QuotaWindow>>();

    /// <summary>The plan as the vendor names it now; null where it does not say.</summary>
    public string? Plan { get; init; }

    /// <summary>What else people want to see, in the vendor's units: credits, overage, a spending limit, by a short name.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Why nothing was learnt, in words that may be shown; null where the rest is good.</summary>
    public string? Problem { get; init; }

    /// <summary>How long the vendor wants to be left alone; after its 429 without a number, the poller chooses. Null where it did not refuse for being asked too often.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the vendor refused the access token (401): it is renewed once before the next question.</summary>
    public bool IsRejected { get; init; }

    /// <summary>Nothing was learnt.</summary>
    public static QuotaReport Failed(string problem, TimeSpan? retryAfter = null) => new() { Problem = problem, RetryAfter = retryAfter };
}
