using System.Text.Json;

namespace Dragoman.Gateway.AccountManagement;

/// <summary>An account of the store with its secrets opened, as it goes from one host to another. It leaves the process encrypted only.</summary>
public sealed record PortableAccount
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Label { get; init; }

    /// <summary>The provider's id.</summary>
    public required string Provider { get; init; }

    /// <summary>What sort of credential it has.</summary>
    public required string CredentialKind { get; init; }

    /// <summary>Whether it may be used.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Its priority.</summary>
    public int Priority { get; init; }

    /// <summary>Its weight.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>How many requests it may serve at once; null for no limit.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Words its owner sorts it by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Its settings that are no secrets.</summary>
    public IReadOnlyDictionary<string, JsonElement> Settings { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The members of its credential, and the settings that may hold a secret.</summary>
    public IReadOnlyDictionary<string, JsonElement> Secrets { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Whether its owner has to sign in again.</summary>
    public bool NeedsSignIn { get; init; }

    /// <summary>Whether a renewal of its login was under way, or was interrupted: its refresh token may be spent.</summary>
    public bool MayBeSpent { get; init; }

    /// <summary>Its version in the store that it comes from.</summary>
    public long Version { get; init; }

    /// <summary>When it was changed last.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>A record would print its members.</summary>
    public override string ToString() => Label;
}
