using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Management.Keys;

/// <summary>A client key. The key itself is shown only in the answer that made it.</summary>
internal sealed record KeyView
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

    public string Note { get; init; } = "";

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<string> Models { get; init; } = [];

    public IReadOnlyList<string> Providers { get; init; } = [];

    public IReadOnlyList<string> Surfaces { get; init; } = [];

    public DateTimeOffset? ExpiresAt { get; init; }

    public int? RequestsPerMinute { get; init; }

    public long? TokensPerMinute { get; init; }

    public int? Concurrency { get; init; }

    public IReadOnlyList<BudgetView> Budgets { get; init; } = [];

    public bool Enabled { get; init; } = true;

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Until when the key before the last rotation is taken.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>When it was last used; up to half a minute late.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public static KeyView From(ClientKey key, DateTimeOffset now, string? secret = null) => new()
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
    public static KeyView From(ClientIdentity configured) => new() { Id = configured.KeyId, Name = configured.Name, Origin = "config", Status = "active" };
}

/// <summary>Every key.</summary>
internal sealed record KeyListView(IReadOnlyList<KeyView> Keys);

/// <summary>How to rotate a key.</summary>
/// <param name="GraceSeconds">How long the old key is still taken; 0 (also when left out) ends it at once.</param>
internal sealed record RotateRequest(long GraceSeconds = 0);
