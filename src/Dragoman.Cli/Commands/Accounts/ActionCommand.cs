using System.CommandLine;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Management.Accounts;
using Dragoman.Server.Surfaces.Dragoman;

namespace Dragoman.Cli.Commands.Accounts;

/// <summary><c>dragoman accounts action</c>: has a vendor do something for an account, after showing what would follow.</summary>
internal static class ActionCommand
{
    public static Command Create()
    {
        var account = new Argument<string>("account") { Description = "The account's id or label." };
        var action = new Argument<string?>("action") { Description = "The action; left out, the account's actions are listed.", Arity = ArgumentArity.ZeroOrOne };
        var inputs = new Option<string[]>("--input") { Description = "What the action has to know, as NAME=VALUE; may be given several times." };
        var yes = new Option<bool>("--yes") { Description = "Does it without asking, after what would follow has been printed." };
        var command = new Command("action", "Has the vendor do something for an account: it may cost money or spend something. What would follow is shown first.") { account, action, inputs, yes };
        return new ManagementOptions().Run(command, async (client, parsed, json, cancellationToken) =>
        {
            var path = $"accounts/{Uri.EscapeDataString(parsed.GetRequiredValue(account))}/actions";
            if (parsed.GetValue(action) is not { } wanted) return await ListAsync(client, path, json, cancellationToken);
            path = $"{path}/{Uri.EscapeDataString(wanted)}";
            var entered = Read(parsed.GetValue(inputs) ?? []);
            var preview = await client.RequestAsync<AccountActionResultView>(HttpMethod.Post, path, new AccountActionBody(entered), cancellationToken);
            await Console.Error.WriteLineAsync($"{preview.Title} ('{preview.Account}'):\n{preview.Message}");
            if (!parsed.GetValue(yes) && !await ConfirmAsync(json, cancellationToken))
            {
                await Console.Error.WriteLineAsync("Nothing was done.");
                return ExitCodes.Failure;
            }

            var body = new AccountActionBody(Confirmation: preview.Confirmation);
            if (json) Console.Out.WriteLine(await client.TextAsync(HttpMethod.Post, path, body, cancellationToken));
            else Console.Out.WriteLine((await client.RequestAsync<AccountActionResultView>(HttpMethod.Post, path, body, cancellationToken)).Message);
            return ExitCodes.Success;
        });
    }

    private static async Task<int> ListAsync(ManagementClient client, string path, bool json, CancellationToken cancellationToken)
    {
        if (json)
        {
            Console.Out.WriteLine(await client.TextAsync(HttpMethod.Get, path, null, cancellationToken));
            return ExitCodes.Success;
        }

        var actions = (await client.GetAsync<AccountActionListView>(path, cancellationToken)).Actions;
        if (actions.Count == 0) Console.Out.WriteLine("There is nothing that the account's vendor can be asked to do.");
        foreach (var item in actions)
        {
            Console.Out.WriteLine($"{item.Id}{string.Concat(item.Inputs.Select(static input => input.IsRequired ? $" --input {input.Name}=…" : $" [--input {input.Name}=…]"))}");
            Console.Out.WriteLine($"    {item.Title}. {item.Effect}");
        }

        return ExitCodes.Success;
    }

    private static Dictionary<string, string> Read(string[] inputs)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in inputs)
        {
            var equals = input.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new ManagementException($"'{input}' is not NAME=VALUE.");
            read[input[..equals]] = input[(equals + 1)..];
        }

        return read;
    }

    private static async Task<bool> ConfirmAsync(bool json, CancellationToken cancellationToken)
    {
        if (json || Console.IsInputRedirected) throw new ManagementException("Nobody can be asked here whether it is to be done: use --yes.");
        Console.Error.Write("Do it? [y/N] ");
        var answer = (await Console.In.ReadLineAsync(cancellationToken))?.Trim();
        return answer is { Length: > 0 } && "yes".StartsWith(answer, StringComparison.OrdinalIgnoreCase);
    }
}
