namespace Dragoman.Storage.Postgres;

/// <summary>Which PostgreSQL to use.</summary>
public sealed record PostgresStoreOptions
{
    /// <summary>An Npgsql connection string, or a <c>postgres://</c> URL.</summary>
    public required string Connection { get; init; }

    /// <summary>How long a request that needs an answer of the store waits for it before it is refused; null for two seconds.</summary>
    public TimeSpan? Timeout { get; init; }
}
