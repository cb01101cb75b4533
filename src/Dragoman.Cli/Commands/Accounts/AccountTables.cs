using System.Globalization;
using Dragoman.Management.Accounts;
using Spectre.Console;

namespace Dragoman.Cli.Commands.Accounts;

/// <summary>Accounts and limits as people read them.</summary>
internal static class AccountTables
{
    public static void Print(IReadOnlyList<AccountView> accounts)
    {
        if (accounts.Count == 0)
        {
            Console.Out.WriteLine("No accounts. Add one: dragoman accounts add PROVIDER.");
            return;
        }

        var table = new Table().Border(TableBorder.None).AddColumns("LABEL", "PROVIDER", "ORIGIN", "STATUS", "PRIO", "WEIGHT", "RUNNING", "REQUESTS", "FAILED", "TAGS");
        foreach (var account in accounts)
        {
            table.AddRow(
                Markup.Escape(account.Label), Markup.Escape(account.Provider), account.Origin.ToString().ToLowerInvariant(), Markup.Escape(StatusOf(account)), Number(account.Priority), Number(account.Weight),
                account.Concurrency is { } limit ? $"{account.Health.Running}/{limit}" : Number(account.Health.Running), Number(account.Health.Requests), Number(account.Health.Failures), Markup.Escape(string.Join(' ', account.Tags)));
        }

        AnsiConsole.Write(table);
        foreach (var account in accounts)
            foreach (var warning in account.Warnings) Console.Out.WriteLine($"{account.Label}: {warning}");
    }

    public static void Print(AccountView account)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        void Row(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value)) grid.AddRow(new Text(name), new Text(value));
        }

        Row("label", account.Label);
        Row("id", account.Id);
        Row("provider", $"{account.Provider}{(account.Protocol is { } protocol ? $" ({protocol})" : "")}");
        Row("origin", account.Origin.ToString().ToLowerInvariant());
        Row("status", StatusOf(account));
        Row("problem", account.Problem);
        foreach (var warning in account.Warnings) Row("warning", warning);
        if (account.UsagePage is { } page)
        {
            Row("plan", page.Plan);
            foreach (var (name, value) in page.Facts) Row(name, value);
            Row("usage page", page.Problem is null ? $"asked {Time(page.AskedAt)}" : $"asked {Time(page.AskedAt)}: {page.Problem} Next at {Time(page.NextAt)}.");
        }

        Row("address", account.BaseUrl);
        Row("region", account.Region);
        Row("credential", $"{account.Credential.Kind} {account.Credential.Mask}");
        Row("priority", Number(account.Priority));
        Row("weight", Number(account.Weight));
        Row("concurrency", account.Concurrency is { } limit ? Number(limit) : "no limit");
        Row("prefix", account.Prefix);
        Row("proxy", account.Proxy);
        Row("headers", string.Join(", ", account.Headers));
        Row("models", string.Join(", ", account.Models.Select(model => model.Name == model.Alias ? model.Name : $"{model.Alias}={model.Name}")));
        Row("excluded", string.Join(", ", account.ExcludedModels));
        Row("tags", string.Join(' ', account.Tags));
        Row("requests", $"{account.Health.Requests}, {account.Health.Failures} failed, {account.Health.Running} under way");
        Row("last used", Time(account.Health.LastUsedAt));
        if (account.Health.LastError is { } error) Row("last error", $"{Time(error.At)} {error.Class}: {error.Message}");
        Row("version", account.Version is { } version ? version.ToString(CultureInfo.InvariantCulture) : null);
        AnsiConsole.Write(grid);
        foreach (var cooldown in account.Cooldowns)
        {
            Console.Out.WriteLine($"  {cooldown.Model ?? "the whole account"}: {(cooldown.CoolingDown ? $"{(cooldown.IsUpstreamHint ? "cooling down" : "tried after the others")} until {Time(cooldown.Until)} ({cooldown.Reason})" : "ready")}");
            foreach (var quota in cooldown.Quotas) Console.Out.WriteLine($"    {Quota(quota)}");
        }
    }

    public static void Print(IReadOnlyList<LimitView> limits)
    {
        if (limits.Count == 0)
        {
            Console.Out.WriteLine("No account is cooling down, and no upstream has reported its quotas yet.");
            return;
        }

        var table = new Table().Border(TableBorder.None).AddColumns("ACCOUNT", "MODEL", "COOLING DOWN UNTIL", "REASON", "QUOTAS");
        foreach (var limit in limits)
        {
            table.AddRow(new Text(limit.Account), new Text(limit.Model ?? "(all)"), new Text(limit.CoolingDown ? Time(limit.Until) : "-"), new Text(limit.CoolingDown && !limit.IsUpstreamHint ? $"{limit.Reason}; tried after the others" : limit.Reason ?? ""),
                new Text(string.Join("; ", limit.Quotas.Select(Quota))));
        }

        AnsiConsole.Write(table);
    }

    private static string StatusOf(AccountView account)
    {
        var back = account.Cooldowns.Where(cooldown => cooldown.CoolingDown).Min(cooldown => cooldown.Until);
        return back is { } until && account.Status is "cooling-down" or "degraded" ? $"{account.Status} until {Time(back)}" : account.Status;
    }

    private static string Quota(QuotaView quota)
    {
        var left = quota.UsedFraction is { } used ? $"{Math.Round((1 - used) * 100)} % left" : quota.Limit is { } limit ? $"{quota.Remaining} of {limit} left" : $"{quota.Remaining} left";
        return $"{quota.Name}: {left}{(quota.ResetsAt is { } at ? $", resets {Time(at)}" : "")}{(quota.ExhaustedAt is { } end ? $", used up {Time(end)} at this pace" : "")}{(quota.SeenAt is { } seen ? $", seen {Time(seen)}" : "")}";
    }

    private static string Time(DateTimeOffset? time) => time?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
