using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Management;
using Dragoman.Management.Transfer;
using Dragoman.Server.Surfaces.Dragoman;
using Dragoman.Storage.Secrets;
using Spectre.Console;

namespace Dragoman.Cli.Commands.Accounts;

/// <summary><c>dragoman accounts export</c>: accounts of the store in an encrypted file, for another host; with <c>--move</c> they are removed here once the file is durable.</summary>
internal static class ExportCommand
{
    private const string Shared = "A login that two hosts use is renewed by both, and a vendor whose refresh tokens are good once then ends one of the two. Remove these accounts here, or export them with --move.";

    public static Command Create()
    {
        var names = new Argument<string[]>("account") { Description = "Ids or labels; none exports every account that was added or signed in to (those of the configuration file are not exported).", Arity = ArgumentArity.ZeroOrMore };
        var provider = new Option<string?>("--provider") { Description = "Only accounts of this provider." };
        var to = new Option<string>("--to") { Description = "The file that is written.", Required = true };
        var force = new Option<bool>("--force") { Description = "Replaces the file where it is there." };
        var move = new Option<bool>("--move") { Description = "Removes the accounts here, without ending their logins, once the file is written." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Moves without asking." };
        var passphrase = new PassphraseReading();
        var command = new Command("export", "Writes accounts to an encrypted file that another host imports.") { names, provider, to, force, move, yes };
        passphrase.AddTo(command);
        return new ManagementOptions().Run(command, async (client, parsed, json, cancellationToken) =>
        {
            var target = Path.GetFullPath(parsed.GetRequiredValue(to));
            if (!Directory.Exists(Path.GetDirectoryName(target)!)) throw new ManagementException($"There is no folder '{Path.GetDirectoryName(target)}'.");
            // A bundle may be all that is left of logins that were moved.
            if (Path.Exists(target) && !parsed.GetValue(force)) throw new ManagementException($"{target} is there already. Name another file, or replace it with --force.");
            var isMove = parsed.GetValue(move);
            if (isMove && !parsed.GetValue(yes) && (json || Console.IsInputRedirected)) throw new ManagementException("Nobody can be asked here whether the accounts are to be moved: use --yes.");
            var body = new ExportBody(await passphrase.ReadAsync(parsed, twice: true, cancellationToken), parsed.GetValue(names), parsed.GetValue(provider));
            var export = await client.RequestAsync<AccountExportView>(HttpMethod.Post, "accounts/export", body, cancellationToken);
            Write(target, export.Content);
            if (!json) Print(export, target);
            var removals = isMove && (parsed.GetValue(yes) || await ConfirmAsync(export, client, cancellationToken)) ? await RemoveAsync(client, export, json, cancellationToken) : [];
            if (json) Console.Out.WriteLine(JsonSerializer.Serialize(new { file = target, accounts = export.Accounts, moved = isMove ? removals : null }, ManagementJson.Options));
            else if (!isMove) await Console.Error.WriteLineAsync($"dragoman: {Shared}");
            return !isMove || (removals.Count > 0 && removals.All(static removal => removal.Problem is null)) ? ExitCodes.Success : ExitCodes.Failure;
        });
    }

    /// <summary>Written beside its place, synced, renamed, and read once more: with a move it may be the only copy.</summary>
    private static void Write(string target, byte[] content)
    {
        try
        {
            PrivateFiles.Replace(target, content);
            if (!File.ReadAllBytes(target).AsSpan().SequenceEqual(content)) throw new IOException("It is not there as it was written.");
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new ManagementException($"The file could not be written, and nothing was removed: {ex.Message}");
        }
    }

    private static void Print(AccountExportView export, string target)
    {
        var table = new Table().Border(TableBorder.None).AddColumns("ACCOUNT", "PROVIDER", "CREDENTIAL", "ID");
        foreach (var account in export.Accounts) table.AddRow(new Text(account.Label), new Text(account.Provider), new Text(account.CredentialKind), new Text(account.Id));
        AnsiConsole.Write(table);
        foreach (var account in export.Accounts)
            if (account.Warning is { } warning) Console.Out.WriteLine($"'{account.Label}': {warning}");
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target}: {export.Accounts.Count} account{(export.Accounts.Count == 1 ? "" : "s")}. Only the passphrase opens it: nobody can read it without."));
    }

    private static async Task<bool> ConfirmAsync(AccountExportView export, ManagementClient client, CancellationToken cancellationToken)
    {
        await Console.Error.WriteAsync($"Remove {(export.Accounts.Count == 1 ? "this account" : $"these {export.Accounts.Count} accounts")} from {client.Address}? Their logins go on, in the file. [y/N] ");
        var answer = (await Console.In.ReadLineAsync(cancellationToken))?.Trim();
        return answer is { Length: > 0 } && "yes".StartsWith(answer, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<IReadOnlyList<MovedAccount>> RemoveAsync(ManagementClient client, AccountExportView export, bool json, CancellationToken cancellationToken)
    {
        var moved = new List<MovedAccount>();
        foreach (var account in export.Accounts)
        {
            string? problem = null;
            try
            {
                // Only as it was exported: a token that was renewed since is not in the file.
                await client.ExecuteAsync(HttpMethod.Delete, string.Create(CultureInfo.InvariantCulture, $"accounts/{Uri.EscapeDataString(account.Id)}?version={account.Version}"), null, cancellationToken);
            }
            catch (ManagementException ex)
            {
                problem = $"{ex.Message} It is still here: export it once more, into another file.";
            }

            moved.Add(new MovedAccount(account.Id, account.Label, problem));
            if (json) continue;
            if (problem is null) Console.Out.WriteLine($"moved '{account.Label}' ({account.Id})");
            else await Console.Error.WriteLineAsync($"FAIL  '{account.Label}': {problem}");
        }

        return moved;
    }

    /// <summary>What became of an account that was to be moved.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Account">Its label.</param>
    /// <param name="Problem">Why it is still here; null where it is not.</param>
    private sealed record MovedAccount(string Id, string Account, string? Problem);
}
