using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Keys;

/// <summary>What of a key its owner decides: the body of <c>POST /keys</c>, and (any part of it) of <c>PATCH /keys/{id}</c>, where a null takes a limit away.</summary>
public sealed record KeySettings
{
    /// <summary>What people call it; unique without regard to case.</summary>
    public string? Name { get; init; }

    /// <summary>A note.</summary>
    public string? Note { get; init; }

    /// <summary>Words to sort it by.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Models it may be used for, as clients name them, with <c>*</c>; none for all.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Providers it may reach, with <c>*</c>; none for all.</summary>
    public IReadOnlyList<string>? Providers { get; init; }

    /// <summary>Surfaces it may come in by; none for all.</summary>
    public IReadOnlyList<string>? Surfaces { get; init; }

    /// <summary>When it ends, or null.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Requests a minute, or null for no limit.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Tokens a minute, or null for no limit.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Requests at once, or null for no limit.</summary>
    public int? Concurrency { get; init; }

    /// <summary>What it may spend; at most one for each unit and period.</summary>
    public IReadOnlyList<BudgetView>? Budgets { get; init; }

    /// <summary>Whether it is taken; true when left out.</summary>
    public bool? Enabled { get; init; }

    /// <summary>The settings of a key as it stands.</summary>
    internal static KeySettings From(ClientKey key) => new()
    {
        Name = key.Name,
        Note = key.Note,
        Tags = key.Tags,
        Models = key.Scopes.Models,
        Providers = key.Scopes.Providers,
        Surfaces = key.Scopes.Surfaces,
        ExpiresAt = key.ExpiresAt,
        RequestsPerMinute = key.RequestsPerMinute,
        TokensPerMinute = key.TokensPerMinute,
        Concurrency = key.Concurrency,
        Budgets = [.. key.Budgets.Select(BudgetView.From)],
        Enabled = key.Enabled,
    };

    /// <summary>A key with these settings.</summary>
    internal ClientKey ApplyTo(ClientKey key) => key with
    {
        Name = Name!.Trim(),
        Note = Note ?? "",
        Tags = Tags ?? [],
        Scopes = new KeyScopes { Models = Models ?? [], Providers = Providers ?? [], Surfaces = Surfaces ?? [] },
        ExpiresAt = ExpiresAt,
        RequestsPerMinute = RequestsPerMinute,
        TokensPerMinute = TokensPerMinute,
        Concurrency = Concurrency,
        Budgets = [.. (Budgets ?? []).Select(budget => budget.ToLimit())],
        Enabled = Enabled ?? true,
    };
}

/// <summary>A limit on what a key may spend.</summary>
/// <param name="Unit"><c>tokens</c> or <c>money</c> (US dollars).</param>
/// <param name="Period"><c>day</c>, <c>month</c> or <c>total</c>.</param>
/// <param name="Limit">How much.</param>
/// <param name="TimeZone">Whose days and months, as an IANA name; UTC when left out.</param>
public sealed record BudgetView(BudgetUnit Unit, BudgetPeriod Period, decimal Limit, string? TimeZone = null)
{
    internal static BudgetView From(BudgetLimit limit) => new(limit.Unit, limit.Period, limit.Limit, limit.TimeZone);

    internal BudgetLimit ToLimit() => new(Unit, Period, Limit, string.IsNullOrWhiteSpace(TimeZone) ? "UTC" : TimeZone);
}
