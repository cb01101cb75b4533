using System.Globalization;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Keys;
using Spectre.Console;

namespace Dragoman.Cli.Commands.Keys;

/// <summary>Keys, as people read them.</summary>
internal static class KeyPrinting
{
    public static void Table(IReadOnlyList<KeyView> keys)
    {
        if (keys.Count == 0)
        {
            Console.Out.WriteLine("No keys: the gateway is open to programs on its own machine. Make one with 'dragoman keys create NAME'.");
            return;
        }

        var table = new Table().Border(TableBorder.None).AddColumns("NAME", "ID", "FROM", "STATUS", "LIMITS", "LAST USED");
        foreach (var key in keys)
        {
            table.AddRow(Markup.Escape(key.Name), Markup.Escape(key.Id), key.Origin, key.Status, Markup.Escape(Limits(key)), Time(key.LastUsedAt) ?? "-");
        }

        AnsiConsole.Write(table);
    }

    public static void Details(KeyView key, KeyStatusView status)
    {
        Line("name", key.Name);
        Line("id", key.Id);
        Line("from", key.Origin);
        Line("status", key.Status);
        Line("begins", key.Prefix);
        Line("may", May(key));
        Line("expires", Time(key.ExpiresAt));
        Line("old key until", Time(key.PreviousUntil));
        Line("created", Time(key.CreatedAt));
        Line("last used", Time(key.LastUsedAt));
        Line("note", key.Note);
        Line("tags", string.Join(", ", key.Tags));
        if (status.Requests is { } requests) Line("requests", $"{Number(requests.Remaining)} of {Number(requests.Limit)} a minute left");
        if (status.Tokens is { } tokens) Line("tokens", $"{Number(tokens.Remaining)} of {Number(tokens.Limit)} a minute left");
        if (status.ConcurrencyLimit is { } most) Line("at once", $"{status.Open} of {most} open");
        foreach (var budget in status.Budgets)
        {
            var until = budget.End is { } end ? $", until {Time(end)}" : "";
            Line($"budget/{budget.Period.ToString().ToLowerInvariant()}", $"{Amount(budget.Unit, budget.Remaining)} of {Amount(budget.Unit, budget.Limit)} left ({Amount(budget.Unit, budget.Spent)} spent, {Amount(budget.Unit, budget.Reserved)} reserved{until})");
        }
    }

    /// <summary>A new key, with what to do with it.</summary>
    public static string Shown(KeyView key)
    {
        var grace = key.PreviousUntil is { } until ? $"\nThe old key is taken until {Time(until)}." : "";
        return $"{key.Key}\n\nThis is the key '{key.Name}' ({key.Id}). It is shown only now: keep it, or make another with 'dragoman keys rotate {key.Id}'.{grace}";
    }

    private static void Line(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) Console.Out.WriteLine($"{name,-14} {value}");
    }

    private static string May(KeyView key)
    {
        string[] parts = [Scope("models", key.Models), Scope("providers", key.Providers), Scope("surfaces", key.Surfaces)];
        var text = string.Join("; ", parts.Where(part => part.Length > 0));
        return text.Length > 0 ? text : "everything";
    }

    private static string Scope(string what, IReadOnlyList<string> items) => items.Count == 0 ? "" : $"{what} {string.Join(", ", items)}";

    private static string Limits(KeyView key)
    {
        var parts = new List<string>();
        if (key.RequestsPerMinute is { } requests) parts.Add($"{Number(requests)} rpm");
        if (key.TokensPerMinute is { } tokens) parts.Add($"{Number(tokens)} tpm");
        if (key.Concurrency is { } most) parts.Add($"{most} at once");
        foreach (var budget in key.Budgets) parts.Add($"{Amount(budget.Unit, budget.Limit)}/{budget.Period.ToString().ToLowerInvariant()}");
        return parts.Count > 0 ? string.Join(", ", parts) : "none";
    }

    private static string Amount(BudgetUnit unit, decimal amount) => unit == BudgetUnit.Money ? "$" + amount.ToString("0.######", CultureInfo.InvariantCulture) : amount.ToString("#,0", CultureInfo.InvariantCulture) + " tokens";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string? Time(DateTimeOffset? time) => time?.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
