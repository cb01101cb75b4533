using Dragoman.Cli.GatewayClient;
using Dragoman.Management.Logins;
using Dragoman.Server.Surfaces.Dragoman;

namespace Dragoman.Cli.Commands.Logins;

/// <summary>What became of the import of a file.</summary>
/// <param name="Number">The file's number.</param>
/// <param name="File">Where it is.</param>
/// <param name="AccountId">The account that it was saved as.</param>
/// <param name="Account">Its label.</param>
/// <param name="Renewed">Whether the account was there already.</param>
/// <param name="Problem">Why it was not imported; null where it was.</param>
internal sealed record ScanImportResult(int Number, string File, string? AccountId, string? Account, bool Renewed, string? Problem);

/// <summary>Imports the logins of files, one after the other; one that fails does not keep the others from it.</summary>
internal sealed class ScanImport(ManagementClient client, bool acknowledged, bool json)
{
    /// <summary>Imports them.</summary>
    public async Task<IReadOnlyList<ScanImportResult>> RunAsync(IReadOnlyList<FoundLogin> logins, CancellationToken cancellationToken)
    {
        var results = new List<ScanImportResult>();
        foreach (var login in logins)
        {
            var result = await ImportAsync(login, cancellationToken);
            results.Add(result);
            if (json) continue;
            if (result.Problem is { } problem) await Console.Error.WriteLineAsync($"FAIL  {login.Provider} {login.Place}: {problem}");
            else Console.Out.WriteLine($"ok    {login.Provider} {login.Place}: {(result.Renewed ? "renewed" : "added")} '{result.Account}' ({result.AccountId})");
        }

        return results;
    }

    private async Task<ScanImportResult> ImportAsync(FoundLogin login, CancellationToken cancellationToken)
    {
        try
        {
            var body = new LoginBody(login.Provider!, login.Flow, Save: true, Acknowledged: acknowledged, Content: login.Content);
            var view = await client.RequestAsync<LoginView>(HttpMethod.Post, "logins", body, cancellationToken);
            if (view.Status == LoginStatus.Saved) return new ScanImportResult(login.Number, login.File, view.AccountId, view.Account, view.Result?.Renews is not null, null);
            await client.ExecuteAsync(HttpMethod.Delete, $"logins/{view.Id}", null, cancellationToken);
            return Failed(view.Error ?? "It was not saved.");
        }
        catch (ManagementException ex)
        {
            return Failed(ex.Message);
        }

        ScanImportResult Failed(string problem) => new(login.Number, login.File, null, null, false, problem);
    }
}
