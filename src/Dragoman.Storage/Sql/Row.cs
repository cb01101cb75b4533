using System.Data.Common;

namespace Dragoman.Storage.Sql;

/// <summary>The row a query stands on, read by position. Only four types are used, so that both engines agree: text, whole number, bytes, real.</summary>
internal readonly struct Row(DbDataReader reader)
{
    public int Count => reader.FieldCount;

    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public long Number(int column) => reader.GetInt64(column);

    public int Int(int column) => (int)reader.GetInt64(column);

    public long? NumberOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public bool GetBool(int column) => reader.GetInt64(column) != 0;

    public byte[] Bytes(int column) => reader.IsDBNull(column) ? [] : reader.GetFieldValue<byte[]>(column);

    public DateTimeOffset Time(int column) => UnixMilliseconds.Read(reader.GetInt64(column));

    public DateTimeOffset? TimeOrNull(int column) => reader.IsDBNull(column) ? null : Time(column);

    public string Name(int column) => reader.GetName(column);

    public object? Value(int column) => reader.IsDBNull(column) ? null : reader.GetValue(column);
}
