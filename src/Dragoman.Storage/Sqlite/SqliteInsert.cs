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
    private readonly byte[] _room = GC.AllocateUninitializedArray<byte>(Room, pinned: true);
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _held;
    private readonly nint _handle;
    private readonly nint _statement;
    private int _used;
    private int _column;

    public SqliteInsert(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is closed.");
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_database, sql, out _held), _database);
        // Both stay open for as long as this does: the statement by this, the connection by who holds both.
        _handle = _database.DangerousGetHandle();
        _statement = _held.DangerousGetHandle();
    }

    /// <summary>Begins a row; what an earlier one left half filled is forgotten.</summary>
    public void Begin() => _column = _used = 0;

    /// <summary>Writes a row of the values that were added.</summary>
    /// <returns>Its number; 0 where nothing was written.</returns>
    public long Write()
    {
        var said = SqliteNative.Step(_statement);
        if (said != raw.SQLITE_DONE)
        {
            // The error's words are gone after the reset.
            try
            {
                SqliteException.ThrowExceptionForRC(said, _database);
            }
            finally
            {
                _ = SqliteNative.Reset(_statement);
            }
        }

        _ = SqliteNative.Reset(_statement);
        return SqliteNative.Changes(_handle) == 0 ? 0 : SqliteNative.LastNumber(_handle);
    }

    public override void Add(string text)
    {
        if (Encoding.UTF8.TryGetBytes(text, _room.AsSpan(_used), out var length)) Bind(length);
        else Check(SqliteNative.BindText(_statement, ++_column, Encoding.UTF8.GetBytes(text), copy: true));
    }

    public override void AddText(ReadOnlySpan<byte> text)
    {
        if (text.TryCopyTo(_room.AsSpan(_used))) Bind(text.Length);
        else Check(SqliteNative.BindText(_statement, ++_column, text, copy: true));
    }

    public override void Add(long number) => Check(SqliteNative.BindNumber(_statement, ++_column, number));

    public override void AddNull() => Check(SqliteNative.BindNull(_statement, ++_column));

    public void Dispose() => _held.Dispose();

    private void Bind(int length)
    {
        Check(SqliteNative.BindText(_statement, ++_column, _room.AsSpan(_used, length), copy: false));
        _used += length;
    }

    private void Check(int said)
    {
        if (said != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(said, _database);
    }
}
