using System.Text;
using Dragoman.Storage.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Dragoman.Storage.Sqlite;

/// <summary>
/// One prepared insert, filled and stepped directly: the command of the driver makes a reader, boxes and looks up names for every row, which was most
/// of what a row cost.
/// </summary>
internal sealed class SqliteInsert : RowValues, IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;
    private byte[] text = new byte[1_024];
    private int column;

    public SqliteInsert(SqliteConnection connection, string sql)
    {
        database = connection.Handle ?? throw new InvalidOperationException("The connection is closed.");
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(database, sql, out statement), database);
    }

    /// <summary>Writes a row of the values that were added.</summary>
    /// <returns>Its number; 0 where nothing was written.</returns>
    public long Write()
    {
        column = 0;
        var said = raw.sqlite3_step(statement);
        if (said != raw.SQLITE_DONE)
        {
            // The error's words are gone after the reset.
            try
            {
                SqliteException.ThrowExceptionForRC(said, database);
            }
            finally
            {
                raw.sqlite3_reset(statement);
            }
        }

        raw.sqlite3_reset(statement);
        return raw.sqlite3_changes(database) == 0 ? 0 : raw.sqlite3_last_insert_rowid(database);
    }

    /// <summary>Begins a row; what an earlier one left half filled is forgotten.</summary>
    public void Begin() => column = 0;

    public override void Add(string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most > this.text.Length) this.text = new byte[most * 2];
        AddText(this.text.AsSpan(0, Encoding.UTF8.GetBytes(text, this.text)));
    }

    public override void AddText(ReadOnlySpan<byte> text)
        // A span of nothing would be bound as null.
        => Check(text.IsEmpty ? raw.sqlite3_bind_text(statement, ++column, utf8z.FromSpan("\0"u8)) : raw.sqlite3_bind_text(statement, ++column, text));

    public override void Add(long number) => Check(raw.sqlite3_bind_int64(statement, ++column, number));

    public override void AddNull() => Check(raw.sqlite3_bind_null(statement, ++column));

    public void Dispose() => statement.Dispose();

    private void Check(int said)
    {
        if (said != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(said, database);
    }
}
