using Dragoman.Gateway.Persistence;
using Microsoft.Data.Sqlite;

namespace Dragoman.Storage.Sqlite;

/// <summary>
/// Reads texts by their keys from the database of another program (Kiro's command line, editors): from every table that has the columns <c>key</c> and <c>value</c>. The database is opened for reading, as the
/// program itself may have it open, and never changed.
/// </summary>
public static class ForeignKeyValues
{
    private const int MaxValue = 1 << 20;
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(5);

    private static ReadOnlySpan<byte> Header => "SQLite format 3\0"u8;

    /// <summary>Whether a file is an SQLite database.</summary>
    public static bool IsDatabase(string file)
    {
        Span<byte> head = stackalloc byte[16];
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual(Header);
    }

    /// <summary>The texts under the keys; a key that is nowhere is left out.</summary>
    /// <exception cref="StoreException">The database cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> Read(string file, IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var connection = SqliteConnecting.Open(SourceOf(file), readOnly: true, SqliteDurability.Normal, Busy);
            foreach (var table in TablesOf(connection))
            {
                using var command = connection.CreateCommand();
                command.CommandText = $"SELECT value FROM \"{table.Replace("\"", "\"\"", StringComparison.Ordinal)}\" WHERE key = $key AND length(value) <= {MaxValue}";
                var key = command.Parameters.Add("$key", SqliteType.Text);
                foreach (var wanted in keys)
                {
                    key.Value = wanted;
                    if (command.ExecuteScalar() is { } value && TextOf(value) is { } text) found.TryAdd(wanted, text);
                }
            }
        }
        catch (SqliteException ex)
        {
            throw new StoreException(StoreFault.Unavailable, $"The database cannot be read: {ex.Message.TrimEnd('.')}.", ex);
        }

        return found;
    }

    /// <summary>
    /// A database that keeps a log is read together with it. Where there is no log the program is not running, and the file is opened as one that does not change: otherwise SQLite would make an empty log beside it
    /// (sqlite.org/wal.html, "Read-Only Databases"; wire notes codex-and-antigravity D.15).
    /// </summary>
    private static string SourceOf(string file) => File.Exists(file + "-wal") || File.Exists(file + "-journal") ? file : new Uri(Path.GetFullPath(file)).AbsoluteUri + "?immutable=1";

    private static List<string> TablesOf(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT m.name FROM sqlite_master m WHERE m.type = 'table' AND (SELECT count(*) FROM pragma_table_info(m.name) c WHERE lower(c.name) IN ('key', 'value')) = 2 ORDER BY m.name";
        using var reader = command.ExecuteReader();
        var tables = new List<string>();
        while (reader.Read()) tables.Add(reader.GetString(0));
        return tables;
    }

    private static string? TextOf(object value) => value switch
    {
        string text => text,
        byte[] bytes => System.Text.Encoding.UTF8.GetString(bytes),
        _ => null,
    };
}
