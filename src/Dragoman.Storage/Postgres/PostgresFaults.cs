using System.Net.Sockets;
using Dragoman.Gateway.Persistence;
using Npgsql;

namespace Dragoman.Storage.Postgres;

/// <summary>PostgreSQL's errors as faults of the store.</summary>
internal static class PostgresFaults
{
    /// <summary>Whether two transactions stood in each other's way, so that doing it again will do.</summary>
    public static bool IsClash(Exception fault) => fault is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    public static bool IsOurs(Exception fault) => fault is NpgsqlException or SocketException or TimeoutException or IOException;

    public static StoreException Translate(Exception fault) => fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => new(StoreFault.Full, "PostgreSQL has no room left to write.", fault),
        PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted } => new(StoreFault.Damaged, $"PostgreSQL reports damage: {fault.Message}", fault),
        // Classes 08 (connection), 53 (resources), 57 (shut down), 55 (in use), 40 (clash), 25 (read-only standby), 28 (refused login), 3D (no such database).
        PostgresException known when known.SqlState.Length > 1 && known.SqlState[..2] is not ("08" or "53" or "57" or "55" or "40" or "25" or "28" or "3D")
            => new(StoreFault.Invalid, $"PostgreSQL refused a statement: {known.MessageText}", fault),
        PostgresException known => new(StoreFault.Unavailable, $"PostgreSQL cannot serve: {known.MessageText}", fault),
        _ => new(StoreFault.Unavailable, $"PostgreSQL does not answer: {fault.Message}", fault),
    };
}
