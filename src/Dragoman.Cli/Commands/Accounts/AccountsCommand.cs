using System.CommandLine;
using Dragoman.Cli.Commands.Logins;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Management.Accounts;
using Dragoman.Server.Surfaces.Dragoman;

namespace Dragoman.Cli.Commands.Accounts;

/// <summary><c>dragoman accounts …</c>: the accounts of the running gateway.</summary>
internal static class AccountsCommand
{
    public static Command Create() => new("accounts", "Shows and changes the accounts of the running gateway.")
    {
        List(), Show(), Add(), Set(), Switch("enable", true, "Lets an account be used."), Switch("disable", false, "Keeps an account and does not use it."), Remove(), SignOut(), Reset(), Quota(), Test(), ActionCommand.Create(), ScanCommand.Create(), ExportCommand.Create(), ImportCommand.Create(),
    };

    private static Command List()
    {
        var (provider, tag) = (new Option<string?>("--provider") { Description = "Only of this provider." }, new Option<string?>("--tag") { Description = "Only with this tag." });
        var command = new Command("list", "Lists all accounts.") { provider, tag };
        return new ManagementOptions().Run(command, async (client, parsed, json, cancellationToken) =>
        {
            var query = string.Join('&', new[] { ("provider", parsed.GetValue(provider)), ("tag", parsed.GetValue(tag)) }.Where(pair => pair.Item2 is not null).Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2!)}"));
            var path = query.Length > 0 ? $"accounts?{query}" : "accounts";
            if (json) Console.Out.WriteLine(await client.TextAsync(HttpMethod.Get, path, null, cancellationToken));
            else AccountTables.Print((await client.GetAsync<AccountListView>(path, cancellationToken)).Accounts);
            return ExitCodes.Success;
        });
    }

    private static Command Show()
    {
        var name = Name();
        return new ManagementOptions().Run(new Command("show", "Shows one account.") { name }, (client, parsed, json, cancellationToken) => AnswerAsync(client, HttpMethod.Get, Path(parsed, name), null, json, "", cancellationToken));
    }

    private static Command Add()
    {
        var provider = new Argument<string>("provider") { Description = "claude, gemini, codex, openai (any compatible upstream), bedrock." };
        var change = new AccountChange();
        var bare = new Option<bool>("--no-key") { Description = "The upstream asks for no key (a local server, the AWS chain)." };
        var verify = new Option<bool>("--verify") { Description = "Asks the upstream for its models first; a refused key is not saved." };
        var command = new Command("add", "Adds an account. The key is read from --key-file, --key-env, standard input, or a prompt.") { provider, bare, verify };
        change.AddTo(command);
        return new ManagementOptions().Run(command, async (client, parsed, json, cancellationToken) =>
        {
            var secret = parsed.GetValue(bare) || change.HasProfile(parsed) ? null : await change.Secret.ReadAsync(parsed, "Key:", cancellationToken);
            var path = parsed.GetValue(verify) ? "accounts?verify=true" : "accounts";
            return await AnswerAsync(client, HttpMethod.Post, path, change.Body(parsed, parsed.GetRequiredValue(provider), secret), json, "Added", cancellationToken);
        });
    }

    private static Command Set()
    {
        var name = Name();
        var change = new AccountChange();
        var ask = new Option<bool>("--new-key") { Description = "Asks for a new key." };
        var command = new Command("set", "Changes an account of the store; what is not named stays.") { name, ask };
        change.AddTo(command);
        return new ManagementOptions().Run(command, async (client, parsed, json, cancellationToken) =>
        {
            var wanted = parsed.GetValue(ask) || (change.NamesCredential(parsed) && !change.HasProfile(parsed));
            var secret = wanted ? await change.Secret.ReadAsync(parsed, "New key:", cancellationToken) : null;
            return await AnswerAsync(client, HttpMethod.Patch, Path(parsed, name), change.Body(parsed, null, secret), json, "Changed", cancellationToken);
        });
    }

    private static Command Switch(string verb, bool enabled, string description)
    {
        var name = Name();
        return new ManagementOptions().Run(new Command(verb, description) { name }, (client, parsed, json, cancellationToken) => AnswerAsync(client, HttpMethod.Patch, Path(parsed, name), new AccountBody(Enabled: enabled), json, enabled ? "Enabled" : "Disabled", cancellationToken));
    }

    private static Command Remove()
    {
        var name = Name();
        return new ManagementOptions().Run(new Command("remove", "Removes an account of the store; requests under way finish.") { name }, async (client, parsed, json, cancellationToken) =>
        {
            await client.ExecuteAsync(HttpMethod.Delete, Path(parsed, name), null, cancellationToken);
            if (!json) Console.Out.WriteLine($"Removed '{parsed.GetRequiredValue(name)}'.");
            return ExitCodes.Success;
        });
    }

    private static Command SignOut()
    {
        var name = Name();
        return new ManagementOptions().Run(new Command("sign-out", "Ends an account's login at the vendor, where that is offered, and removes the account.") { name }, async (client, parsed, json, cancellationToken) =>
        {
            var path = $"{Path(parsed, name)}/sign-out";
            if (json)
            {
                Console.Out.WriteLine(await client.TextAsync(HttpMethod.Post, path, null, cancellationToken));
                return ExitCodes.Success;
            }

            var result = await client.RequestAsync<SignOutView>(HttpMethod.Post, path, null, cancellationToken);
            Console.Out.WriteLine(result.Revoked ? $"Signed out '{result.Account}': its tokens are revoked, and the account is removed." : $"Removed '{result.Account}'. Its login was not ended at the vendor: {result.Problem}");
            return ExitCodes.Success;
        });
    }

    private static Command Quota()
    {
        var name = Name();
        return new ManagementOptions().Run(
            new Command("quota", "Asks the vendor's usage page how an account's quotas stand, and shows the account.") { name },
            (client, parsed, json, cancellationToken) => AnswerAsync(client, HttpMethod.Post, $"{Path(parsed, name)}/quota", null, json, "", cancellationToken));
    }

    private static Command Reset()
    {
        var name = Name();
        return new ManagementOptions().Run(new Command("reset", "Ends an account's cooldowns and forgets its faults.") { name }, (client, parsed, json, cancellationToken) => AnswerAsync(client, HttpMethod.Post, $"{Path(parsed, name)}/reset", null, json, "Reset", cancellationToken));
    }

    private static Command Test()
    {
        var names = new Argument<string[]>("account") { Description = "Ids or labels; none tests every account that can be used.", Arity = ArgumentArity.ZeroOrMore };
        var model = new Option<string?>("--model") { Description = "The model to ask. Default: the cheapest of the account's." };
        return new ManagementOptions().Run(new Command("test", "Asks accounts one short question each; a real request, and paid for like one.") { names, model }, async (client, parsed, json, cancellationToken) =>
        {
            string[] asked = parsed.GetValue(names) is { Length: > 0 } named ? named
                : [.. (await client.GetAsync<AccountListView>("accounts", cancellationToken)).Accounts.Where(account => account is { Enabled: true, Problem: null }).Select(account => account.Id)];
            var query = parsed.GetValue(model) is { } wanted ? $"?model={Uri.EscapeDataString(wanted)}" : "";
            var failed = 0;
            for (var index = 0; index < asked.Length; index++)
            {
                if (!json && !Console.IsErrorRedirected) await Console.Error.WriteLineAsync($"testing {index + 1} of {asked.Length}: {asked[index]} …");
                if (!await TestAsync(client, asked[index], query, json, cancellationToken)) failed++;
            }

            return failed == 0 ? ExitCodes.Success : ExitCodes.Failure;
        });
    }

    private static async Task<bool> TestAsync(ManagementClient client, string account, string query, bool json, CancellationToken cancellationToken)
    {
        try
        {
            var path = $"accounts/{Uri.EscapeDataString(account)}/test{query}";
            if (json)
            {
                var text = await client.TextAsync(HttpMethod.Post, path, null, cancellationToken);
                Console.Out.WriteLine(text);
                return text.Contains("\"ok\":true", StringComparison.Ordinal);
            }

            var result = await client.RequestAsync<AccountTestView>(HttpMethod.Post, path, null, cancellationToken);
            Console.Out.WriteLine(result.Ok
                ? $"ok    {result.Account}: {result.UpstreamModel} said '{result.Reply}' in {result.DurationMs:0} ms"
                : $"FAIL  {result.Account}: {result.Model}: {result.Status} {result.Error}");
            return result.Ok;
        }
        catch (ManagementException ex)
        {
            // One that cannot be tested does not keep the others from it.
            await Console.Error.WriteLineAsync($"FAIL  {account}: {ex.Message}");
            return false;
        }
    }

    private static async Task<int> AnswerAsync(ManagementClient client, HttpMethod method, string path, object? body, bool json, string done, CancellationToken cancellationToken)
    {
        if (json)
        {
            Console.Out.WriteLine(await client.TextAsync(method, path, body, cancellationToken));
            return ExitCodes.Success;
        }

        var account = await client.RequestAsync<AccountView>(method, path, body, cancellationToken);
        if (done.Length > 0) Console.Out.WriteLine($"{done} '{account.Label}' ({account.Id}).");
        else AccountTables.Print(account);
        return ExitCodes.Success;
    }

    private static Argument<string> Name() => new("account") { Description = "The account's id or label." };

    private static string Path(ParseResult parsed, Argument<string> name) => $"accounts/{Uri.EscapeDataString(parsed.GetRequiredValue(name))}";
}
