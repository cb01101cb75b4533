using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Text;

namespace Dragoman.Gateway.AccountManagement;

/// <summary>An account the gateway knows of, whether it can be used or not.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Label">What people call it: unique over both origins.</param>
/// <param name="Origin">Where it comes from.</param>
public sealed record AccountEntry(string Id, string Label, AccountOrigin Origin)
{
    /// <summary>The account as it is used; null when it cannot be read.</summary>
    public Account? Account { get; init; }

    /// <summary>How it is stored; null for one of the configuration file.</summary>
    public StoredAccount? Stored { get; init; }

    /// <summary>Why it is not used though it is enabled, and what to do; null when nothing is wrong.</summary>
    public CodedText? Problem { get; init; }
}
