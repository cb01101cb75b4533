using Dragoman.Gateway.AccountManagement;

namespace Dragoman.Management.Transfer;

/// <summary>Which accounts are exported.</summary>
/// <param name="Passphrase">What opens the bundle.</param>
public sealed record AccountExportRequest(string Passphrase)
{
    /// <summary>Ids or labels; none for all accounts of the store.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];

    /// <summary>Only accounts of this provider; null for any.</summary>
    public string? Provider { get; init; }

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "export of accounts";
}

/// <summary>A bundle of accounts that was made.</summary>
/// <param name="FileName">The name it is saved under.</param>
/// <param name="Content">The bundle; only the passphrase opens it.</param>
/// <param name="Accounts">The accounts in it.</param>
public sealed record AccountExportView(string FileName, byte[] Content, IReadOnlyList<ExportedAccountView> Accounts);

/// <summary>An account in a bundle.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Label">Its label.</param>
/// <param name="Provider">The provider's id.</param>
/// <param name="CredentialKind"><c>oauth</c>, <c>api-key</c>, …</param>
/// <param name="Version">Its version: with it the account is removed here only where nothing has changed since.</param>
/// <param name="Warning">What to know of it; absent for nothing.</param>
public sealed record ExportedAccountView(string Id, string Label, string Provider, string CredentialKind, long Version, string? Warning);

/// <summary>A bundle that is imported.</summary>
/// <param name="Passphrase">What opens it.</param>
/// <param name="Content">The bundle.</param>
public sealed record AccountImportRequest(string Passphrase, byte[] Content)
{
    /// <summary>Whether the plan is only shown.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether the positions of vendors that forbid use by other programs were read.</summary>
    public bool Acknowledged { get; init; }

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "import of accounts";
}

/// <summary>What an import does, or did.</summary>
/// <param name="CreatedAt">When the bundle was made.</param>
/// <param name="Host">The name of the machine that it was made on.</param>
/// <param name="DryRun">Whether nothing was changed.</param>
/// <param name="Accounts">One for each account in the bundle.</param>
public sealed record AccountImportView(DateTimeOffset CreatedAt, string Host, bool DryRun, IReadOnlyList<ImportedAccountView> Accounts);

/// <summary>What became, or would become, of an account.</summary>
/// <param name="Label">Its label in the bundle.</param>
/// <param name="Provider">The provider's id.</param>
/// <param name="Action">What is done with it.</param>
/// <param name="Reason">Why.</param>
/// <param name="AccountId">The account that it is here; absent before it is added.</param>
/// <param name="Account">Its label here.</param>
/// <param name="Problem">Why it is not done, or could not be; absent where nothing keeps it.</param>
public sealed record ImportedAccountView(string Label, string Provider, AccountMergeAction Action, string Reason, string? AccountId, string? Account, string? Problem);
