using System.Text;
using Dragoman.Storage.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Dragoman.Storage.Sqlite;

/// <summary>
/// One prepared insert, filled and stepped directly: the driver's command makes a reader, boxes values and looks up names for every row, which was most
/// of what a row cost.
/// </summary>
internal sealed class SqliteInsert : RowValues, IDisposable
{
    private const int Room = 16 * 1024;

    // The texts of one row, at a fixed address, so that SQLite need not copy them.
    private readonly byte[] room = GC.AllocateUninitializedArray<byte>(Room, pinned: true);
    private readonly sqlite3 database;
    private readonly sqlite3_stmt held;
    private readonly nint handle;
    private readonly nint statement;
    private int used;
    private int column;

    public SqliteInsert(SqliteConnection connection, string sql)
    {
        database = connection.Handle ?? throw new InvalidOperationException("The connection is closed.");
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(database, sql, out held), database);
        // Both stay open for as long as this does: the statement by this, the connection by who holds both.
        handle = database.DangerousGetHandle();
        statement = held.DangerousGetHandle();
    }

    /// <summary>Begins a row; what an earlier one left half filled is forgotten.</summary>
    public void Begin() => column = used = 0;

    /// <summary>Writes a row of the values that were added.</summary>
    /// <returns>Its number; 0 where nothing was written.</returns>
    public long Write()
    {
        var said = SqliteNative.Step(statement);
        if (said != raw.SQLITE_DONE)
        {
            // The error's words are gone after the reset.
            try
            {
                SqliteException.ThrowExceptionForRC(said, database);
            }
            finally
            {
                _ = SqliteNative.Reset(statement);
            }
        }

        _ = SqliteNative.Reset(statement);
        return SqliteNative.Changes(handle) == 0 ? 0 : SqliteNative.LastNumber(handle);
    }

    public override void Add(string text)
    {
        if (Encoding.UTF8.TryGetBytes(text, room.AsSpan(used), out var length)) Bind(length);
        else Check(SqliteNative.BindText(statement, ++column, Encoding.UTF8.GetBytes(text), copy: true));
    }

    public override void AddText(ReadOnlySpan<byte> text)
    {
        if (text.TryCopyTo(room.AsSpan(used))) Bind(text.Length);
        else Check(SqliteNative.BindText(statement, ++column, text, copy: true));
    }

    public override void Add(long number) => Check(SqliteNative.BindNumber(statement, ++column, number));

    public override void AddNull() => Check(SqliteNative.BindNull(statement, ++column));

    public void Dispose() => held.Dispose();

    private void Bind(int length)
    {
        Check(SqliteNative.BindText(statement, ++column, room.AsSpan(used, length), copy: false));
        used += length;
    }

    private void Check(int said)
    {
        if (said != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(said, database);
    }
}
