using System.IO.Compression;
using System.Text.Json;
using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Secrets;

namespace Dragoman.Storage.Sql;

/// <summary>
/// Writes a backup: gzip of one JSON value a line. First who made it; then for each table its name and columns, and its rows as arrays; last the count
/// of rows, without which a file is not whole. Numbers are numbers, text is text, bytes are <c>{"b":"…"}</c>.
/// </summary>
internal sealed class BackupWriter(Database ledger, Database flows, string engine, int schema, TimeProvider time)
{
    private const int FlushAt = 64 * 1024;

    public async Task<BackupReport> WriteAsync(string file, BackupOptions options, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var made = time.GetUtcNow();
        var part = $"{file}.{Guid.NewGuid():N}.part";
        long rows = 0;
        try
        {
            var stream = PrivateFiles.OpenNew(part);
            await using (stream.ConfigureAwait(false))
            {
                var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true);
                await using (gzip.ConfigureAwait(false))
                {
                    var output = new Lines(gzip);
                    output.Write(json =>
                    {
                        json.WriteStartObject();
                        json.WriteString("format", BackupTables.Format);
                        json.WriteNumber("formatVersion", BackupTables.FormatVersion);
                        json.WriteString("engine", engine);
                        json.WriteNumber("schema", schema);
                        json.WriteString("createdAt", made);
                        json.WriteBoolean("flows", !options.WithoutFlows);
                        json.WriteEndObject();
                    });
                    await ledger.ReadAsync(session => TablesAsync(session, BackupTables.Ledger.Select(table => (table, $"SELECT * FROM {table}"))), cancellationToken).ConfigureAwait(false);
                    if (!options.WithoutFlows)
                    {
                        await flows.ReadAsync(session => TablesAsync(session, BackupTables.Flows.Select(table => (table, $"SELECT * FROM {table}")).Append((BackupTables.Terms, session.AllTerms))), cancellationToken)
                            .ConfigureAwait(false);
                    }

                    output.Write(json =>
                    {
                        json.WriteStartObject();
                        json.WriteNumber("rows", rows);
                        json.WriteEndObject();
                    });
                    output.Flush();

                    async Task<bool> TablesAsync(DbTransactionScope session, IEnumerable<(string Table, string Select)> tables)
                    {
                        foreach (var (table, select) in tables)
                        {
                            var first = true;
                            await session.EachAsync(select, row =>
                            {
                                cancellationToken.ThrowIfCancellationRequested();
                                if (first) output.Write(json => Head(json, table, row));
                                first = false;
                                output.Write(json => Values(json, row));
                                if (++rows % 10_000 == 0) progress?.Report(rows);
                                return Task.CompletedTask;
                            }).ConfigureAwait(false);
                        }

                        return true;
                    }
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(part, file, overwrite: true);
            return new BackupReport(rows, new FileInfo(file).Length, engine, schema, made);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Invalid, $"The backup cannot be written to {file}: {ex.Message}", ex);
        }
        finally
        {
            if (File.Exists(part)) File.Delete(part);
        }
    }

    private static void Head(Utf8JsonWriter json, string table, Row row)
    {
        json.WriteStartObject();
        json.WriteString("table", table);
        json.WriteStartArray("columns");
        for (var i = 0; i < row.Count; i++) json.WriteStringValue(row.Name(i));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Values(Utf8JsonWriter json, Row row)
    {
        json.WriteStartArray();
        for (var i = 0; i < row.Count; i++)
        {
            switch (row.Value(i))
            {
                case null: json.WriteNullValue(); break;
                case long number: json.WriteNumberValue(number); break;
                case string text: json.WriteStringValue(text); break;
                case byte[] bytes:
                    json.WriteStartObject();
                    json.WriteBase64String("b", bytes);
                    json.WriteEndObject();
                    break;
                case var other: throw new InvalidOperationException($"A backup cannot carry a {other.GetType().Name}.");
            }
        }

        json.WriteEndArray();
    }

    private sealed class Lines(Stream stream)
    {
        private readonly System.Buffers.ArrayBufferWriter<byte> _buffer = new(FlushAt);

        public void Write(Action<Utf8JsonWriter> write)
        {
            using (var json = new Utf8JsonWriter(_buffer)) write(json);
            _buffer.GetSpan(1)[0] = (byte)'\n';
            _buffer.Advance(1);
            if (_buffer.WrittenCount >= FlushAt) Flush();
        }

        public void Flush()
        {
            stream.Write(_buffer.WrittenSpan);
            _buffer.ResetWrittenCount();
        }
    }
}
