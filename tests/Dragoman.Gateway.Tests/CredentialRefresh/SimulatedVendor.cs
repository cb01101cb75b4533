using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;

namespace Dragoman.Gateway.Tests.CredentialRefresh;

/// <summary>
/// An identity provider that takes each refresh token once. It knows which token is good, and whether a process has come to have it: what never arrived anywhere,
/// because the connection broke or the process was killed, nobody can save.
/// </summary>
internal sealed class SimulatedVendor(Random random)
{
    private readonly Dictionary<string, string> _ownerOf = new(StringComparer.Ordinal);
    private long _number;

    /// <summary>The good token of each account, and the process that was given it; null for one that nobody got.</summary>
    public Dictionary<string, (string Token, SimulatedProcess? HeldBy)> Good { get; } = new(StringComparer.Ordinal);

    /// <summary>How many tokens were given out.</summary>
    public long Refreshes { get; private set; }

    /// <summary>A new login of the account's owner.</summary>
    public string SignIn(string account)
    {
        var token = $"{account}-{_number++}";
        _ownerOf[token] = account;
        Good[account] = (token, null);
        return token;
    }

    public async Task<Providers.TokenRefresh> RefreshAsync(SimulatedProcess process, string token)
    {
        await process.PassTimeAsync(2_000);
        switch (random.Next(1_000))
        {
            case < 10: return Providers.TokenRefresh.Failed("503", mayHaveSpent: false);
            case < 15: return Providers.TokenRefresh.Failed("The connection was refused.", mayHaveSpent: false);
        }

        var account = _ownerOf[token];
        if (Good[account].Token != token) return Providers.TokenRefresh.Refused("invalid_grant");
        _ownerOf.Remove(token, out _);
        var next = SignIn(account);
        _ownerOf[token] = account;
        Refreshes++;
        // The answer is on its way: a kill or a break now loses it.
        await process.PassTimeAsync(random.Next(100) == 0 ? 60_000 : 500);
        if (random.Next(2_000) == 0) return Providers.TokenRefresh.Failed("The connection broke before the answer came.", mayHaveSpent: true);
        Good[account] = Good[account].Token == next ? (next, process) : Good[account];
        return Providers.TokenRefresh.Renewed(new OAuthCredential { AccessToken = "access of " + next, RefreshToken = next });
    }
}
