using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Providers;

/// <summary>Asks the upstream of an account that is not saved for its list of models. Nothing of the account is kept, and its credential stands in no answer and no log.</summary>
public sealed class ModelDiscovery(AccountService accounts, ForwardingServices forwarding, AuditTrail audit, TimeProvider time)
{
    private const int MostModels = 5_000;
    private const int MostAtOnce = 8;
    private int _running;

    /// <summary>Asks. An upstream that refuses or is silent is a result with the problem in words, not an error.</summary>
    /// <param name="draft">The account.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<DiscoveredModelsView>> DiscoverAsync(AccountUpdate draft, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var (account, problems) = accounts.Read(draft);
        if (account is null) return ManagementError.Invalid([.. problems.Select(static problem => new ManagementFinding(problem.Path, problem.Message, problem.Remedy))]);
        if (Interlocked.Increment(ref _running) > MostAtOnce)
        {
            Interlocked.Decrement(ref _running);
            return ManagementError.Conflict($"{MostAtOnce} upstreams are being asked at this moment; try again when one has answered.", "too_many_questions");
        }

        try
        {
            var started = time.GetTimestamp();
            var finding = await UpstreamProbe.CheckAsync(forwarding.Http, forwarding.Providers[account.Provider], account, cancellationToken);
            var took = Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 1);
            await audit.RecordAsync(actor, "account.discover", account.Provider, finding.Good ? AuditTrail.Done : AuditTrail.Failed, finding.Status is { } status ? $"answered with {status}" : "no answer");
            return new DiscoveredModelsView([.. (finding.Models ?? []).Distinct(StringComparer.Ordinal).Take(MostModels).Select(Describe)], ProblemOf(finding, account), finding.Status, took);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private static DiscoveredModelView Describe(string id) => new(id, ModelCatalog.BuiltIn.Find(id)?.DisplayName);

    private static string? ProblemOf(UpstreamFinding finding, Account account)
    {
        if (finding is { Good: true, Models.Count: > 0 }) return null;
        var words = finding is { Good: true, Status: >= 200 and < 300 } ? "its list of models cannot be read; enter the models by hand" : finding.Words;
        // What a library says of an address or a profile might repeat what was entered.
        foreach (var secret in account.Credential.Secrets)
            if (secret.Length > 0) words = words.Replace(secret, "…", StringComparison.Ordinal);
        return $"The upstream {words}.";
    }
}
