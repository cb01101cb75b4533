namespace Dragoman.Storage.Postgres;

/// <summary>Which PostgreSQL to use.</summary>
public sealed record PostgresStoreOptions
{
    /// <summary>An Npgsql connection string, or a <c>postgres://</c> URL.</summary>
    public required string Connection { get; init; }
}
