namespace Dragoman.Gateway.Persistence;

/// <summary>Settings made at run time that belong to no file: small values by name, with optimistic versions. Saves are durable and raise their change notice.</summary>
public interface ISettingStore
{
    /// <summary>All settings, by name.</summary>
    Task<IReadOnlyList<Setting>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>One setting, or null.</summary>
    Task<Setting?> GetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Writes a setting made from the version it names: 0 when it must be new, null to write whatever stands there.</summary>
    Task<SaveResult> SetAsync(Setting setting, long? fromVersion, CancellationToken cancellationToken = default);

    /// <summary>Removes a setting.</summary>
    Task<bool> RemoveAsync(string name, CancellationToken cancellationToken = default);
}

/// <summary>A setting.</summary>
/// <param name="Name">Its name, dotted.</param>
/// <param name="Value">Its value (JSON or plain, as its owner wants); empty for a secret.</param>
public sealed record Setting(string Name, string Value)
{
    /// <summary>A secret value, wrapped for <see cref="SecretPurpose.Setting"/>; empty for a plain setting.</summary>
    public ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>Set by the store.</summary>
    public long Version { get; init; }

    /// <summary>Set by the store.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}
