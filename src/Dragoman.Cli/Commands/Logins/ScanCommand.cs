using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Gateway.Providers;
using Dragoman.Management;
using Dragoman.Management.Accounts;
using Dragoman.Management.Logins;
using Dragoman.Providers;
using Spectre.Console;

namespace Dragoman.Cli.Commands.Logins;

/// <summary><c>dragoman accounts scan</c>: the logins that the vendors' own programs have left on this machine, and their import.</summary>
internal static class ScanCommand
{
    public static Command Create()
    {
        var import = new Option<string[]>("--import")
        {
            Description = "Imports what was found: all logins that are not here already, or those chosen by number or path.", Arity = ArgumentArity.ZeroOrMore, AllowMultipleArgumentsPerToken = true,
        };
        var files = new Argument<string[]>("file") { Description = "Files to look at, such as another program's export; none looks at the places where vendors' programs leave their logins.", Arity = ArgumentArity.ZeroOrMore };
        var yes = new Option<bool>("--yes", "-y") { Description = "Imports without asking." };
        var acknowledge = new Option<bool>("--acknowledge") { Description = "Says that you have read the vendors' positions, where they forbid use by other programs." };
        var command = new Command("scan", "Finds the logins that vendors' own programs have left on this machine; their files are read and never changed.") { files, import, yes, acknowledge };
        return new ManagementOptions().Run(command, async (client, parsed, json, cancellationToken) =>
        {
            var imports = parsed.GetResult(import) is not null;
            var found = await new LoginScan(ProviderModules.CreateRegistry(TimeProvider.System), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), Environment.GetEnvironmentVariable).RunAsync(parsed.GetValue(files) ?? [], cancellationToken);
            found = await CompareAsync(client, found, imports, cancellationToken);
            if (!json) Print(found);
            if (!imports)
            {
                if (json) Write(new { logins = found });
                return ExitCodes.Success;
            }

            var chosen = Choose(found, parsed.GetValue(import) ?? []);
            if (chosen.Count > 0 && !parsed.GetValue(yes) && !await ConfirmAsync(client, chosen, json, cancellationToken)) return ExitCodes.Failure;
            var results = await new ScanImport(client, parsed.GetValue(acknowledge), json).RunAsync(chosen, cancellationToken);
            var done = results.Count(static result => result.Problem is null);
            if (json) Write(new { logins = found, imports = results, imported = done, chosen = chosen.Count });
            else Console.Out.WriteLine($"Imported {done} of {chosen.Count}.");
            return done == chosen.Count ? ExitCodes.Success : ExitCodes.Failure;
        });
    }

    /// <summary>Holds what was found against the accounts of the gateway.</summary>
    private static async Task<IReadOnlyList<FoundLogin>> CompareAsync(ManagementClient client, IReadOnlyList<FoundLogin> found, bool imports, CancellationToken cancellationToken)
    {
        IReadOnlyList<AccountView> accounts;
        IReadOnlyList<ImportedLoginView> imported;
        try
        {
            accounts = (await client.GetAsync<AccountListView>("accounts", cancellationToken)).Accounts;
            imported = (await client.GetAsync<ImportedLoginListView>("logins/imports", cancellationToken)).Imports;
        }
        catch (GatewayAbsentException ex) when (!imports)
        {
            await Console.Error.WriteLineAsync($"dragoman: {ex.Message} Which accounts it has is not known.");
            return found;
        }

        var seen = new HashSet<(string?, string?, string?)>();
        return [.. found.Select(Compare)];

        FoundLogin Compare(FoundLogin login)
        {
            if (login.Status == FoundLoginStatus.Unusable || login.Identity is not { } identity) return login;
            var (id, organization) = (identity.AccountId, identity.OrganizationId);
            // A file that names no organization may be of any of the account's.
            var known = id is null ? null : accounts.FirstOrDefault(account => account.Provider == login.Provider && account.Identity?.AccountId == id && (organization is null || account.Identity.OrganizationId == organization))?.Label;
            known ??= imported.FirstOrDefault(import => import.Provider == login.Provider && import.Digest == identity.Digest)?.Account;
            var isFirst = id is null || seen.Add((login.Provider, id, organization));
            if (identity.Digest is { } digest && !seen.Add((login.Provider, digest, null)) | !isFirst) return login with { Status = FoundLoginStatus.Duplicate, Account = known };
            if (known is not null) return login with { Status = FoundLoginStatus.Known, Account = known };
            return id is null ? login : login with { Status = FoundLoginStatus.New };
        }
    }

    private static List<FoundLogin> Choose(IReadOnlyList<FoundLogin> found, string[] names)
    {
        // The file of an account that is here may hold older tokens than the gateway has: it is imported only where it is named.
        if (names.Length == 0) return [.. found.Where(static login => login.Status is FoundLoginStatus.New or FoundLoginStatus.Undetermined)];
        return [.. names.SelectMany(name => Find(found, name)).Distinct()];
    }

    private static List<FoundLogin> Find(IReadOnlyList<FoundLogin> found, string name)
    {
        var isNumber = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        var logins = found.Where(login => isNumber ? login.Number == number : login.File == Path.GetFullPath(name)).ToList();
        if (logins.Count == 0) throw new ManagementException($"'{name}' is none of the files that were found.");
        var usable = logins.FindAll(static login => login.Status != FoundLoginStatus.Unusable);
        return usable.Count == 0 ? throw new ManagementException($"{logins[0].Place} cannot be imported: {logins[0].Problem}") : usable;
    }

    private static async Task<bool> ConfirmAsync(ManagementClient client, List<FoundLogin> chosen, bool json, CancellationToken cancellationToken)
    {
        if (json || Console.IsInputRedirected) throw new ManagementException("Nobody can be asked here whether the logins are to be imported: use --yes.");
        foreach (var provider in (await client.GetAsync<LoginListView>("logins", cancellationToken)).Providers)
        {
            if (provider.ThirdPartyUse.Position != ThirdPartyPosition.Allowed && chosen.Exists(login => login.Provider == provider.Id))
                await Console.Error.WriteLineAsync($"{provider.Name}: {LoginCommand.PositionOf(provider.ThirdPartyUse)}");
        }

        Console.Error.Write($"Send {chosen.Count} login{(chosen.Count == 1 ? "" : "s")} ({string.Join(", ", chosen.Select(static login => login.Number))}) to {client.Address} and save them? [y/N] ");
        var answer = (await Console.In.ReadLineAsync(cancellationToken))?.Trim();
        return answer is { Length: > 0 } && "yes".StartsWith(answer, StringComparison.OrdinalIgnoreCase);
    }

    private static void Print(IReadOnlyList<FoundLogin> found)
    {
        if (found.Count == 0)
        {
            Console.Out.WriteLine("No logins of vendors' programs were found on this machine. Sign in: dragoman login PROVIDER.");
            return;
        }

        var table = new Table().Border(TableBorder.None).AddColumns("NO", "PROVIDER", "ACCOUNT", "STATUS", "FILE");
        foreach (var login in found)
        {
            table.AddRow(
                new Text(login.Number.ToString(CultureInfo.InvariantCulture)), new Text(login.Provider ?? "-"), new Text(login.Identity?.Label ?? login.Identity?.AccountId ?? "-"),
                new Text(StatusOf(login)), new Text(login.Place));
        }

        AnsiConsole.Write(table);
        foreach (var login in found)
            if (login.Problem is { } problem) Console.Out.WriteLine($"{login.Number}: {problem}");
    }

    private static string StatusOf(FoundLogin login) => login.Status switch
    {
        FoundLoginStatus.Known => $"here as '{login.Account}'",
        FoundLoginStatus.Duplicate => "same as above",
        FoundLoginStatus.Undetermined => "not told",
        FoundLoginStatus.New => "new",
        _ => "unusable",
    };

    private static void Write(object answer) => Console.Out.WriteLine(JsonSerializer.Serialize(answer, ManagementJson.Options));
}
