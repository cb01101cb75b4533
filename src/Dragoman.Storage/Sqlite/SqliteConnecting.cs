using Microsoft.Data.Sqlite;

namespace Dragoman.Storage.Sqlite;

/// <summary>Opens connections the way all of them are opened.</summary>
internal static class SqliteConnecting
{
    /// <summary>Every one of our files carries this mark, so that a foreign database is never written into.</summary>
    public const int ApplicationId = 0x44726167;

    public static SqliteConnection Open(string file, bool readOnly, SqliteDurability durability, TimeSpan busy)
    {
        _ = SqliteLibrary.Version;
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = (int)Math.Ceiling(busy.TotalSeconds),
        }.ToString());
        try
        {
            connection.Open();
            Run(connection, $"PRAGMA busy_timeout = {(int)busy.TotalMilliseconds}");
            Run(connection, "PRAGMA temp_store = MEMORY");
            Run(connection, "PRAGMA cache_size = -16000");
            // A damaged or hostile schema may not call functions with effects.
            Run(connection, "PRAGMA trusted_schema = OFF");
            if (!readOnly)
            {
                Run(connection, $"PRAGMA synchronous = {(durability == SqliteDurability.Full ? "FULL" : "NORMAL")}");
                Run(connection, "PRAGMA cell_size_check = ON");
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public static string Text(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }
}

/// <summary>What a commit waits for.</summary>
internal enum SqliteDurability
{
    /// <summary>The disk: survives a power cut.</summary>
    Full,

    /// <summary>The operating system: survives a kill; a power cut can cost the last moment, never the file.</summary>
    Normal,
}
