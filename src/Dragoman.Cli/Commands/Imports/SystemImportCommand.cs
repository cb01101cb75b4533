using System.CommandLine;
using System.Text.Json;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Management;
using Dragoman.Management.Imports;
using Dragoman.Server.Surfaces.Dragoman;
using Spectre.Console;

namespace Dragoman.Cli.Commands.Imports;

/// <summary><c>dragoman import SYSTEM PATH</c>: what another system has is taken over; the plan is shown before anything is done.</summary>
internal static class SystemImportCommand
{
    public static Command Create()
    {
        var system = new Argument<string>("system") { Description = "The system: cliproxy, kiro, codex-claude-proxy, antigravity, litellm, claude-code-router." };
        var path = new Argument<string[]>("path") { Description = "Its folder, or its files.", Arity = ArgumentArity.OneOrMore };
        var dryRun = new Option<bool>("--dry-run") { Description = "Shows what would be done, and does nothing." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Imports without asking." };
        var acknowledge = new Option<bool>("--acknowledge") { Description = "Says that you have read the vendors' positions, where they forbid use by other programs." };
        var command = new Command("import", "Takes over the configuration, keys and logins of another system; its files are read and never changed.") { system, path, dryRun, yes, acknowledge };
        return new ManagementOptions().Run(command, async (client, parsed, json, cancellationToken) =>
        {
            var isDry = parsed.GetValue(dryRun);
            if (!isDry && !parsed.GetValue(yes) && (json || Console.IsInputRedirected)) throw new ManagementException("Nobody can be asked here whether it is to be imported: use --yes, or --dry-run.");
            var known = (await client.GetAsync<ImportableSystemListView>("imports", cancellationToken)).Systems;
            var name = parsed.GetRequiredValue(system);
            if (known.FirstOrDefault(one => one.Id.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } chosen)
                throw new ManagementException($"There is no import for '{name}': {string.Join(", ", known.Select(static one => one.Id))}.");
            var files = await new SystemFiles(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)).ReadAsync(chosen, parsed.GetRequiredValue(path), cancellationToken);
            var body = new SystemImportBody(files, Apply: false, Acknowledged: parsed.GetValue(acknowledge));
            if (isDry || !parsed.GetValue(yes))
            {
                var plan = await client.RequestAsync<SystemImportView>(HttpMethod.Post, $"imports/{chosen.Id}", body, cancellationToken);
                Show(plan, json);
                if (isDry || plan.Changes == 0) return ExitCodes.Success;
                if (!await ConfirmAsync(plan, client, cancellationToken)) return ExitCodes.Failure;
            }

            Show(await client.RequestAsync<SystemImportView>(HttpMethod.Post, $"imports/{chosen.Id}", body with { Apply = true }, cancellationToken), json);
            return ExitCodes.Success;
        });
    }

    private static async Task<bool> ConfirmAsync(SystemImportView plan, ManagementClient client, CancellationToken cancellationToken)
    {
        await Console.Error.WriteAsync($"Import {plan.Changes} thing{(plan.Changes == 1 ? "" : "s")} into {client.Address}? [y/N] ");
        var answer = (await Console.In.ReadLineAsync(cancellationToken))?.Trim();
        return answer is { Length: > 0 } && "yes".StartsWith(answer, StringComparison.OrdinalIgnoreCase);
    }

    private static void Show(SystemImportView view, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(view, ManagementJson.Options));
            return;
        }

        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "", "");
        foreach (var finding in view.Findings.OrderBy(static one => one.Outcome))
            table.AddRow(Markup.Escape(WordOf(finding.Outcome)), Markup.Escape(finding.Target is null ? finding.Source : $"{finding.Source} → {finding.Target}"), Markup.Escape(finding.Words));
        AnsiConsole.Write(table);
        Console.Out.WriteLine(view.Changes == 0 ? "There is nothing new in it." : view.Applied ? $"Imported: {view.Changes}." : $"To be imported: {view.Changes}.");
        if (view.NeedsRestart.Count > 0) Console.Out.WriteLine($"{string.Join(", ", view.NeedsRestart)} count from the next start on.");
    }

    private static string WordOf(ImportOutcome outcome) => outcome switch
    {
        ImportOutcome.Taken => "taken",
        ImportOutcome.Approximated => "about",
        ImportOutcome.AlreadyHere => "here",
        ImportOutcome.Kept => "kept",
        _ => "NOT",
    };
}
