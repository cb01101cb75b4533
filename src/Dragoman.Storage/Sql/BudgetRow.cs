using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>A reservation's share in one window, in whole units: tokens, or billionths of a dollar.</summary>
internal sealed record BudgetRow(string Owner, BudgetLimit Limit, long Start, long End, long Amount)
{
    public const string Select = "owner, unit, period, start_at, end_at, cap, time_zone, amount";

    public string Unit => Limit.Unit.ToString();

    public string Period => Limit.Period.ToString();

    public long Cap => Units(Limit.Unit, Limit.Limit);

    public string Mark => $"{Owner}|{Unit}|{Period}";

    public object?[] Key => [Owner, Unit, Period, Start];

    public static BudgetRow From(BudgetLine line, decimal tokens, decimal money, long now)
    {
        var (start, end) = BudgetWindow.At(line.Limit.Period, line.Limit.TimeZone, UnixMilliseconds.Read(now));
        return new BudgetRow(line.Owner, line.Limit, UnixMilliseconds.From(start) ?? 0, UnixMilliseconds.From(end) ?? 0, Units(line.Limit.Unit, line.Limit.Unit == BudgetUnit.Tokens ? tokens : money));
    }

    public static BudgetRow Read(Row row)
    {
        var unit = Enum.Parse<BudgetUnit>(row.Text(1));
        return new BudgetRow(row.Text(0), new BudgetLimit(unit, Enum.Parse<BudgetPeriod>(row.Text(2)), Value(unit, row.Number(5)), row.Text(6)), row.Number(3), row.Number(4), row.Number(7));
    }

    /// <summary>What the entry really used of this row's unit; where its price is unknown, what was reserved.</summary>
    public long Used(UsageEntry entry) => Limit.Unit == BudgetUnit.Tokens ? entry.InputTokens + entry.OutputTokens : UnixMilliseconds.Nanos(entry.Cost) ?? Amount;

    public BudgetStatus ToStatus(long spent, long reserved) => new(Owner, Limit, Limit.Period == BudgetPeriod.Total ? null : UnixMilliseconds.Read(Start),
        Limit.Period == BudgetPeriod.Total ? null : UnixMilliseconds.Read(End), Value(Limit.Unit, spent), Value(Limit.Unit, reserved));

    public static long Units(BudgetUnit unit, decimal value) => unit == BudgetUnit.Money ? UnixMilliseconds.Nanos(value) : (long)Math.Clamp(Math.Ceiling(value), long.MinValue / 4, long.MaxValue / 4);

    private static decimal Value(BudgetUnit unit, long units) => unit == BudgetUnit.Money ? UnixMilliseconds.Dollars(units) : units;
}
