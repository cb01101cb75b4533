using Microsoft.Data.Sqlite;

namespace Dragoman.Storage.Sqlite;

/// <summary>A connection and the statements that were prepared on it, which live as long as it does. Used by one thread at a time.</summary>
internal sealed class SqliteStatements(SqliteConnection connection) : IDisposable
{
    private const int MostKept = 200;

    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SqliteInsert> _inserts = new(StringComparer.Ordinal);

    public SqliteConnection Connection { get; } = connection;

    /// <summary>A command of so many parameters, prepared; <see cref="Keep"/> it afterwards. A query inside a query of the same words gets its own.</summary>
    public SqliteCommand Take(string sql, int parameters)
    {
        if (_commands.Remove(sql, out var command)) return command;
        command = Connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"${i + 1}" });
        command.Prepare();
        return command;
    }

    public void Keep(SqliteCommand command)
    {
        if (_commands.Count >= MostKept || !_commands.TryAdd(command.CommandText, command)) command.Dispose();
    }

    /// <summary>The insert of that text.</summary>
    public SqliteInsert Insert(string sql)
    {
        if (!_inserts.TryGetValue(sql, out var insert)) _inserts[sql] = insert = new SqliteInsert(Connection, sql);
        return insert;
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        foreach (var insert in _inserts.Values) insert.Dispose();
        Connection.Dispose();
    }
}
