using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;

namespace Dragoman.Management.Keys;

/// <summary>A client key. The key itself is shown only in the answer that made it.</summary>
public sealed record KeyView
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is from: <c>store</c>, or <c>config</c> (read-only here).</summary>
    public required string Origin { get; init; }

    /// <summary><c>active</c>, <c>expired</c>, <c>disabled</c> or <c>revoked</c>.</summary>
    public required string Status { get; init; }

    /// <summary>How the key begins, to tell keys apart by.</summary>
    public string? Prefix { get; init; }

    /// <summary>The key, where this answer made it: it is shown once and kept nowhere.</summary>
    public string? Key { get; init; }

    /// <summary>Its owner's note.</summary>
    public string Note { get; init; } = "";

    /// <summary>Words its owner sorts it by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Models it may be used for, as clients name them, with <c>*</c>; none for all.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Providers it may reach, with <c>*</c>; none for all.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Surfaces it may come in by; none for all.</summary>
    public IReadOnlyList<string> Surfaces { get; init; } = [];

    /// <summary>When it ends; absent for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Requests a minute; absent for no limit.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Tokens a minute; absent for no limit.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Requests at once; absent for no limit.</summary>
    public int? Concurrency { get; init; }

    /// <summary>What it may spend.</summary>
    public IReadOnlyList<BudgetView> Budgets { get; init; } = [];

    /// <summary>Whether it is switched on.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Until when the key before the last rotation is taken.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>When it was last used; up to half a minute late.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    internal static KeyView From(ClientKey key, DateTimeOffset now, string? secret = null) => new()
    {
        Id = key.Id,
        Name = key.Name,
        Origin = "store",
        Status = key.RevokedAt is not null ? "revoked" : !key.Enabled ? "disabled" : key.ExpiresAt <= now ? "expired" : "active",
        Prefix = key.Prefix,
        Key = secret,
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
        RevokedAt = key.RevokedAt,
        PreviousUntil = key.PreviousUntil > now ? key.PreviousUntil : null,
        LastUsedAt = key.LastUsedAt,
        CreatedAt = key.CreatedAt,
        UpdatedAt = key.UpdatedAt,
    };

    /// <summary>A key of the configuration.</summary>
    internal static KeyView From(ClientIdentity configured) => new() { Id = configured.KeyId, Name = configured.Name, Origin = "config", Status = "active" };
}

/// <summary>Every key.</summary>
/// <param name="Keys">Those of the configuration first.</param>
public sealed record KeyListView(IReadOnlyList<KeyView> Keys);
