namespace Dragoman.Server.Lifetime;

/// <summary>This process among others on the same store.</summary>
internal sealed class NodeIdentity(TimeProvider time)
{
    /// <summary>Its name, which no other process has.</summary>
    public string Id { get; } = $"{Environment.MachineName}-{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>Since when it runs.</summary>
    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();
}
