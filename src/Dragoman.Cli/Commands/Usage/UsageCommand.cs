using System.CommandLine;
using System.Globalization;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Text;
using Dragoman.Management.Usage;
using Spectre.Console;

namespace Dragoman.Cli.Commands.Usage;

/// <summary><c>dragoman usage</c>: what was used, summed up, from a running gateway.</summary>
internal static class UsageCommand
{
    public static Command Create()
    {
        var by = new Option<string?>("--by") { Description = "What to sum by: key, account, provider, model, client, or several with commas. Default: model." };
        var from = new Option<string?>("--from") { Description = "From when: a time (2026-01-31), or ago (7d, 24h). Default: 30d." };
        var to = new Option<string?>("--to") { Description = "Until when. Default: now." };
        var step = new Option<string?>("--step") { Description = "A row for each hour, day or week (10m, hour, day, week)." };
        var zone = new Option<string?>("--tz") { Description = "The time zone of days and times, as an IANA name. Default: this machine's." };
        var key = new Option<string?>("--key") { Description = "Only of this key's id." };
        var account = new Option<string?>("--account") { Description = "Only of this account's id." };
        var provider = new Option<string?>("--provider") { Description = "Only of this provider." };
        var model = new Option<string?>("--model") { Description = "Only of this upstream model." };
        var export = new Option<string?>("--export") { Description = "Writes every request instead of sums, to standard output: csv or jsonl." };
        var command = new Command("usage", "Shows what was used, summed up.") { by, from, to, step, zone, key, account, provider, model, export };
        return new ManagementOptions().Run(command, async (client, parsed, json, cancellationToken) =>
        {
            var query = new QueryString()
                .Add("from", Time(parsed.GetValue(from) ?? "30d", "--from"))
                .Add("tz", parsed.GetValue(zone) ?? Here());
            query = With(query, "to", parsed.GetValue(to) is { } until ? Time(until, "--to") : null);
            query = With(query, "key", parsed.GetValue(key));
            query = With(query, "account", parsed.GetValue(account));
            query = With(query, "provider", parsed.GetValue(provider));
            query = With(query, "model", parsed.GetValue(model));
            if (parsed.GetValue(export) is { } format)
            {
                using var file = await client.SendAsync(HttpMethod.Get, $"usage/export{query.Add("format", format)}", null, cancellationToken);
                var text = await file.Content.ReadAsStreamAsync(cancellationToken);
                await using (text) await SafeConsole.CopyToOutputAsync(text, cancellationToken);
                return ExitCodes.Success;
            }

            query = With(query.Add("by", parsed.GetValue(by) ?? "model"), "step", parsed.GetValue(step));
            if (json) Console.Out.WriteLine(await client.TextAsync(HttpMethod.Get, $"usage{query}", null, cancellationToken));
            else Print(await client.GetAsync<UsageSummaryView>($"usage{query}", cancellationToken));
            return ExitCodes.Success;
        });
    }

    private static QueryString With(QueryString query, string name, string? value) => string.IsNullOrEmpty(value) ? query : query.Add(name, value);

    private static string Here() => TimeZoneInfo.Local.HasIanaId ? TimeZoneInfo.Local.Id : "UTC";

    private static string Time(string text, string option)
    {
        if (!text.Contains('-', StringComparison.Ordinal) && DurationText.TryParse(text, out var ago)) return (TimeProvider.System.GetUtcNow() - ago).ToString("O", CultureInfo.InvariantCulture);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _) ? text : throw new ManagementException($"'{text}' is no time for {option}; write it like 2026-01-31, 7d or 24h.");
    }

    private static void Print(UsageSummaryView usage)
    {
        if (usage.Rows.Count == 0 || usage.Total is not { } total)
        {
            Console.Out.WriteLine("Nothing was used in that time.");
            return;
        }

        var table = new Table().Border(TableBorder.None);
        if (usage.Step != UsageStep.None) table.AddColumn(usage.Step switch { UsageStep.Day => "DAY", UsageStep.Week => "WEEK", UsageStep.TenMinutes => "TIME", _ => "HOUR" });
        foreach (var group in usage.By) table.AddColumn(group.ToUpperInvariant());
        foreach (var head in (string[])["REQUESTS", "ERRORS", "INPUT", "CACHED", "OUTPUT", "COST", "FIRST BYTE", "TOTAL"]) table.AddColumn(new TableColumn(head).RightAligned());
        foreach (var row in usage.Rows) table.AddRow([.. Names(usage, row), .. Numbers(row)]);
        if (usage.Rows.Count > 1) table.AddRow([.. Enumerable.Repeat("", usage.By.Count + (usage.Step == UsageStep.None ? 0 : 1)), .. Numbers(total)]);
        AnsiConsole.Write(table);
        if (total.Unpriced > 0) Console.Out.WriteLine($"{total.Unpriced} request(s) have no known price and are not in the cost; add their models to prices: in the configuration.");
        if (total.Estimated > 0) Console.Out.WriteLine($"{total.Estimated} request(s) are estimated: their upstream never said what they used.");
    }

    private static IEnumerable<string> Names(UsageSummaryView usage, UsageRowView row)
    {
        if (usage.Step != UsageStep.None) yield return row.At?.ToString(usage.Step is UsageStep.Day or UsageStep.Week ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "";
        foreach (var group in usage.By)
        {
            var name = group switch { "key" => row.KeyName ?? row.Key, "account" => row.Account, "provider" => row.Provider, "client" => row.Client, _ => row.Model };
            yield return string.IsNullOrEmpty(name) ? "-" : Markup.Escape(name);
        }
    }

    private static string[] Numbers(UsageRowView row) =>
    [
        Number(row.Requests), Number(row.Errors), Number(row.InputTokens), Number(row.CachedTokens), Number(row.OutputTokens),
        row.Cost is { } cost ? "$" + cost.ToString("0.00####", CultureInfo.InvariantCulture) : "unknown",
        row.MeanFirstByteMs is { } first ? $"{first:0} ms" : "-",
        $"{row.MeanDurationMs:0} ms",
    ];

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
