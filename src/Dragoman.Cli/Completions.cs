using System.CommandLine;
using System.CommandLine.Completions;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Options;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Accounts;
using Dragoman.Management.Keys;
using Dragoman.Management.Models;
using Dragoman.Providers;

namespace Dragoman.Cli;

/// <summary>
/// What completion offers for models, accounts and keys: what the running gateway has, else what the configuration says. It is quick or silent:
/// somebody has just pressed the tabulator.
/// </summary>
internal static class Completions
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Gives every argument and option of the command and those below it what it completes.</summary>
    public static void AddTo(Command command)
    {
        foreach (var argument in command.Arguments)
        {
            if (SourceOf(argument.Name) is not { } source) continue;
            argument.CompletionSources.Add(source);
            // The help would list every completion in its place.
            argument.HelpName ??= argument.Name;
        }

        foreach (var option in command.Options)
        {
            // --key is the key itself where one is given, and the name of one where usage is asked for.
            if (option.Name == "--key" && command.Name != "usage") continue;
            if (SourceOf(option.Name.TrimStart('-')) is not { } source) continue;
            option.CompletionSources.Add(source);
            option.HelpName ??= option.Name.TrimStart('-');
        }

        foreach (var subcommand in command.Subcommands) AddTo(subcommand);
    }

    private static Func<CompletionContext, IEnumerable<CompletionItem>>? SourceOf(string name) => name switch
    {
        "model" or "small-model" => context => Items(context, Models),
        "account" => context => Items(context, Accounts),
        "key" => context => Items(context, Keys),
        _ => null,
    };

    private static IEnumerable<CompletionItem> Items(CompletionContext context, Func<ManagementClient?, CompletionContext, CancellationToken, Task<IEnumerable<string>>> ask)
    {
        using var limit = new CancellationTokenSource(Timeout);
        IEnumerable<string> names;
        try
        {
            using var client = new ManagementClient(GatewayAddress.Find(Value(context, "--url"), Value(context, "--data"), Value(context, "--config")), Value(context, "--secret") ?? Environment.GetEnvironmentVariable("DRAGOMAN_MANAGEMENT_SECRET"));
            names = ask(client, context, limit.Token).GetAwaiter().GetResult();
        }
        catch (Exception ex) when (ex is ManagementException or OperationCanceledException or HttpRequestException or IOException)
        {
            names = ask(null, context, limit.Token).GetAwaiter().GetResult();
        }

        return names.Where(name => name.StartsWith(context.WordToComplete, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.Ordinal).Select(name => new CompletionItem(name));
    }

    private static async Task<IEnumerable<string>> Models(ManagementClient? client, CompletionContext context, CancellationToken cancellationToken)
        => client is not null ? (await client.GetAsync<ModelListView>("models", cancellationToken)).Models.Select(model => model.Id)
            : Configured(context) is { } config ? new Router(config.ToRouting(), TimeProvider.System).VisibleModels().Select(model => model.Id) : [];

    private static async Task<IEnumerable<string>> Accounts(ManagementClient? client, CompletionContext context, CancellationToken cancellationToken)
        => client is not null ? (await client.GetAsync<AccountListView>("accounts", cancellationToken)).Accounts.Select(account => account.Label)
            : Configured(context)?.Accounts.Select(account => account.Label) ?? [];

    private static async Task<IEnumerable<string>> Keys(ManagementClient? client, CompletionContext context, CancellationToken cancellationToken)
        => client is not null ? (await client.GetAsync<KeyListView>("keys", cancellationToken)).Keys.Select(key => key.Name) : [];

    private static GatewayConfig? Configured(CompletionContext context)
        => DataFolder.ConfigFile(Value(context, "--config"), DataFolder.Resolve(Value(context, "--data"))) is { } file ? ProviderModules.ConfigLoader.LoadFile(file).Config : null;

    private static string? Value(CompletionContext context, string option)
        => context.ParseResult.CommandResult.Command.Options.FirstOrDefault(known => known.Name == option) is Option<string?> found ? context.ParseResult.GetValue(found) : null;
}
