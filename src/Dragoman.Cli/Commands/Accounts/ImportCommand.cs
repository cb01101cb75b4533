using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Management;
using Dragoman.Management.Transfer;
using Dragoman.Server.Surfaces.Dragoman;
using Dragoman.Storage.Secrets;
using Spectre.Console;

namespace Dragoman.Cli.Commands.Accounts;

/// <summary><c>dragoman accounts import FILE</c>: accounts from an encrypted bundle; the plan is shown before anything is done.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The bundle." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Shows what would be done, and does nothing." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Imports without asking." };
        var acknowledge = new Option<bool>("--acknowledge") { Description = "Says that you have read the vendors' positions, where they forbid use by other programs." };
        var passphrase = new PassphraseReading();
        var command = new Command("import", "Takes accounts over from a file of 'accounts export': new ones are added, of those that are here the newer credential stays.") { file, dryRun, yes, acknowledge };
        passphrase.AddTo(command);
        return new ManagementOptions().Run(command, async (client, parsed, json, cancellationToken) =>
        {
            var isDry = parsed.GetValue(dryRun);
            if (!isDry && !parsed.GetValue(yes) && (json || Console.IsInputRedirected)) throw new ManagementException("Nobody can be asked here whether the accounts are to be imported: use --yes, or --dry-run.");
            var content = await ReadAsync(parsed.GetRequiredValue(file), cancellationToken);
            var body = new ImportBody(await passphrase.ReadAsync(parsed, twice: false, cancellationToken), content, DryRun: true, Acknowledged: parsed.GetValue(acknowledge));
            if (isDry || !parsed.GetValue(yes))
            {
                var plan = await client.RequestAsync<AccountImportView>(HttpMethod.Post, "accounts/import", body, cancellationToken);
                if (json) Console.Out.WriteLine(JsonSerializer.Serialize(plan, ManagementJson.Options));
                else Print(plan);
                if (isDry) return ExitCodes.Success;
                if (!plan.Accounts.Any(IsWork)) return plan.Accounts.All(static account => account.Problem is null) ? ExitCodes.Success : ExitCodes.Failure;
                if (!await ConfirmAsync(plan, client, cancellationToken)) return ExitCodes.Failure;
            }

            var done = await client.RequestAsync<AccountImportView>(HttpMethod.Post, "accounts/import", body with { DryRun = false }, cancellationToken);
            if (json) Console.Out.WriteLine(JsonSerializer.Serialize(done, ManagementJson.Options));
            else Print(done);
            return done.Accounts.All(static account => account.Problem is null) ? ExitCodes.Success : ExitCodes.Failure;
        });
    }

    private static bool IsWork(ImportedAccountView account) => account.Problem is null && account.Action is AccountMergeAction.Add or AccountMergeAction.Renew;

    private static async Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(file).Length > PassphraseEnvelope.MaxLength) throw new ManagementException("This is no bundle of Dragoman: it is too large.");
            return await File.ReadAllBytesAsync(file, cancellationToken);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new ManagementException($"The bundle cannot be read: {ex.Message}");
        }
    }

    private static async Task<bool> ConfirmAsync(AccountImportView plan, ManagementClient client, CancellationToken cancellationToken)
    {
        var count = plan.Accounts.Count(IsWork);
        await Console.Error.WriteAsync($"Import {count} account{(count == 1 ? "" : "s")} into {client.Address}? [y/N] ");
        var answer = (await Console.In.ReadLineAsync(cancellationToken))?.Trim();
        return answer is { Length: > 0 } && "yes".StartsWith(answer, StringComparison.OrdinalIgnoreCase);
    }

    private static void Print(AccountImportView view)
    {
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Bundle of '{view.Host}', {view.CreatedAt:yyyy-MM-dd HH:mm:ss'Z'}{(view.DryRun ? "; nothing is changed yet" : "")}:"));
        var table = new Table().Border(TableBorder.None).AddColumns("ACCOUNT", "PROVIDER", "ACTION", "HERE", "REASON");
        foreach (var account in view.Accounts)
            table.AddRow(new Text(account.Label), new Text(account.Provider), new Text(ActionOf(account, view.DryRun)), new Text(account.Account ?? "-"), new Text(account.Problem ?? account.Reason));
        AnsiConsole.Write(table);
    }

    private static string ActionOf(ImportedAccountView account, bool isPlan) => account switch
    {
        { Problem: not null } => "not possible",
        { Action: AccountMergeAction.Add } => isPlan ? "add" : "added",
        { Action: AccountMergeAction.Renew } => isPlan ? "renew" : "renewed",
        { Action: AccountMergeAction.Same } => "none",
        _ => "keep",
    };
}
