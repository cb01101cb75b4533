using System.Text.Json;
using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.AccountManagement;

/// <summary>What is asked for a new account, or of one there is: a member that is null is left as it is (or takes its default).</summary>
public sealed record AccountUpdate
{
    /// <summary>The provider's id; needed for a new account, and never changed.</summary>
    public string? Provider { get; init; }

    /// <summary>The id that a new account gets where it is free and one of the provider's: that which it has on another host. Null for one made of the account itself.</summary>
    public string? Id { get; init; }

    /// <summary>What people call it.</summary>
    public string? Label { get; init; }

    /// <summary>The credential, as the keys an entry of the configuration file would have (<c>api-key</c>, <c>access-key-id</c>, …); empty for none.</summary>
    public IReadOnlyDictionary<string, string>? Credential { get; init; }

    /// <summary>A credential that a login brought, in the place of <see cref="Credential"/>: it may hold what no form asks for.</summary>
    public Credential? SignedIn { get; init; }

    /// <summary>Everything else, under the keys of an entry of the configuration file; a null value takes a setting away.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Settings { get; init; }

    /// <summary>Whether it may be used.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Its priority.</summary>
    public int? Priority { get; init; }

    /// <summary>Its weight.</summary>
    public int? Weight { get; init; }

    /// <summary>How many requests it may serve at once; 0 for no limit.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Words its owner sorts it by.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The version the change was made from; null for whatever stands there.</summary>
    public long? Version { get; init; }
}
