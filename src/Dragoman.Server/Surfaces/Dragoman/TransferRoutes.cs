using Dragoman.Management.Transfer;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/accounts/export</c> and <c>/import</c>: accounts go from one host to another in an encrypted bundle.</summary>
internal sealed class TransferRoutes(AccountExport export, AccountImport import) : IManagementRoutes
{
    /// <summary>A bundle of the largest kind in Base64, and the rest of the body.</summary>
    private const long MostImport = 12 << 20;

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/accounts/export", Task<Results<Ok<AccountExportView>, ManagementErrorResult>> (ExportBody body, HttpContext context, CancellationToken cancellationToken)
            => export.ExportAsync(body.ToRequest(), HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("exportAccounts").WithTags("Accounts").WithSummary("Makes an encrypted bundle of accounts of the store.")
            .WithDescription("Only the passphrase (12 characters or more) opens it. A login that is used on two hosts is renewed by both, and vendors whose refresh tokens are good once then end one of the two: remove the accounts here with `DELETE /accounts/{id}?version=`, as soon as the bundle is kept.");

        api.MapPost("/accounts/import", Task<Results<Ok<AccountImportView>, ManagementErrorResult>> (ImportBody body, HttpContext context, CancellationToken cancellationToken)
            => import.ImportAsync(body.ToRequest(), HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithMetadata(new ManagementRoute(MostImport))
            .WithName("importAccounts").WithTags("Accounts").WithSummary("Takes accounts over from an encrypted bundle.")
            .WithDescription("Accounts that are not here are added; of those that are, the newer credential stays, and nothing else of them changes. With `dry_run` nothing is changed and the answer is the plan. The same bundle can be imported again.");
    }
}

/// <summary>Which accounts are exported.</summary>
/// <param name="Passphrase">What opens the bundle: 12 characters or more.</param>
/// <param name="Accounts">Ids or labels; left out for all accounts of the store.</param>
/// <param name="Provider">Only accounts of this provider.</param>
internal sealed record ExportBody(string Passphrase, IReadOnlyList<string>? Accounts = null, string? Provider = null)
{
    /// <summary>What is asked for, in the use case's own terms.</summary>
    public AccountExportRequest ToRequest() => new(Passphrase) { Accounts = Accounts ?? [], Provider = Provider };

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "export of accounts";
}

/// <summary>A bundle that is imported.</summary>
/// <param name="Passphrase">What opens it.</param>
/// <param name="Content">The bundle, in Base64.</param>
/// <param name="DryRun">Whether the plan is only shown.</param>
/// <param name="Acknowledged">Whether the positions of vendors that forbid use by other programs were read.</param>
internal sealed record ImportBody(string Passphrase, byte[] Content, bool DryRun = false, bool Acknowledged = false)
{
    /// <summary>What is asked for, in the use case's own terms.</summary>
    public AccountImportRequest ToRequest() => new(Passphrase, Content) { DryRun = DryRun, Acknowledged = Acknowledged };

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "import of accounts";
}
