using Microsoft.Data.Sqlite;

namespace Dragoman.Server.Tests.Flows;

/// <summary>Another program that holds a database's write lock.</summary>
internal sealed class FileLock(SqliteConnection connection) : IAsyncDisposable
{
    public static async Task<FileLock> TakeAsync(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False;Default Timeout=30");
        await connection.OpenAsync();
        await RunAsync(connection, "BEGIN IMMEDIATE");
        return new FileLock(connection);
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync(connection, "ROLLBACK");
        await connection.DisposeAsync();
    }

    private static async Task RunAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
