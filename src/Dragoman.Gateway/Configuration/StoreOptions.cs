namespace Dragoman.Gateway.Configuration;

/// <summary><c>store</c>: where what lasts is kept.</summary>
public sealed record StoreOptions
{
    /// <summary><c>postgres</c>: a connection string or <c>postgres://</c> URL of a database that several nodes may share; null for the embedded store in the data folder.</summary>
    public string? Postgres { get; init; }

    /// <summary><c>patience-seconds</c>: how long a request that needs an answer of the store waits for it before it is refused.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A record would print its members; the connection holds a password.</summary>
    public override string ToString() => Postgres is null ? "embedded" : "postgresql";
}
