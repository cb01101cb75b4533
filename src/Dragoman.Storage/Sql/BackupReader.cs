using System.IO.Compression;
using System.Text.Json;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>Reads a backup back: once through to see that it is whole, then again into the tables, in one transaction a database.</summary>
internal sealed class BackupReader(Database ledger, Database flows, int schema)
{
    private const int AtOnce = 500;

    public Task<BackupReport> InspectAsync(string file, CancellationToken cancellationToken)
        => SayingWhatIsWrongAsync(file, async () => (await ReadThroughAsync(file, cancellationToken).ConfigureAwait(false)).Report);

    public Task<BackupReport> RestoreAsync(string file, IProgress<long>? progress, CancellationToken cancellationToken)
        => SayingWhatIsWrongAsync(file, async () =>
        {
            var (report, hasFlows) = await ReadThroughAsync(file, cancellationToken).ConfigureAwait(false);
            if (ReferenceEquals(ledger, flows))
            {
                await ledger.WriteAsync(session => FillAsync(session, file, table => hasFlows || !BackupTables.IsFlows(table), progress), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await ledger.WriteAsync(session => FillAsync(session, file, table => !BackupTables.IsFlows(table), progress), cancellationToken).ConfigureAwait(false);
                if (hasFlows) await flows.WriteAsync(session => FillAsync(session, file, BackupTables.IsFlows, progress), cancellationToken).ConfigureAwait(false);
            }

            return report;
        });

    private static async Task<BackupReport> SayingWhatIsWrongAsync(string file, Func<Task<BackupReport>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception ex) when (ex is IOException or InvalidDataException or JsonException or UnauthorizedAccessException or InvalidOperationException or KeyNotFoundException)
        {
            throw new StoreException(StoreFault.Invalid, $"{file} is not a whole backup of Dragoman: {ex.Message}", ex);
        }
    }

    private async Task<(BackupReport Report, bool Flows)> ReadThroughAsync(string file, CancellationToken cancellationToken)
    {
        using var lines = Open(file);
        using var head = JsonDocument.Parse(await lines.ReadLineAsync(cancellationToken).ConfigureAwait(false) ?? throw new InvalidDataException("it is empty"));
        var root = head.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out var format) || format.GetString() != BackupTables.Format) throw new InvalidDataException("it does not begin like one");
        var made = root.GetProperty("schema").GetInt32();
        if (root.GetProperty("formatVersion").GetInt32() > BackupTables.FormatVersion || made > schema)
            throw new StoreException(StoreFault.TooNew, $"{file} was made by a newer Dragoman (tables of version {made}; this program knows {schema}).");
        long rows = 0;
        long? stated = null;
        while (await lines.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (stated is not null) throw new InvalidDataException("something follows its end");
            if (line.StartsWith('[')) rows++;
            else if (line.StartsWith("{\"rows\":", StringComparison.Ordinal))
            {
                using var end = JsonDocument.Parse(line);
                stated = end.RootElement.GetProperty("rows").GetInt64();
            }
        }

        if (stated != rows) throw new InvalidDataException(stated is null ? "it is cut off" : $"it has {rows} rows of {stated}");
        return (new BackupReport(rows, new FileInfo(file).Length, root.GetProperty("engine").GetString() ?? "", made, root.GetProperty("createdAt").GetDateTimeOffset()), root.GetProperty("flows").GetBoolean());
    }

    private static async Task<bool> FillAsync(DbTransactionScope session, string file, Func<string, bool> wanted, IProgress<long>? progress)
    {
        foreach (var table in BackupTables.Ledger.Concat(BackupTables.Flows).Where(wanted))
            if (table != "leases") await session.ExecuteAsync($"DELETE FROM {table}").ConfigureAwait(false);
        if (wanted(BackupTables.Terms)) await session.ClearIndexAsync().ConfigureAwait(false);

        using var lines = Open(file);
        await lines.ReadLineAsync().ConfigureAwait(false);
        var table_ = "";
        var columns = Array.Empty<string>();
        var rows = new List<object?[]>();
        long done = 0;
        while (await lines.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind == JsonValueKind.Array)
            {
                if (!wanted(table_)) continue;
                rows.Add([.. json.RootElement.EnumerateArray().Select(Value)]);
                if (rows.Count == AtOnce) await WriteAsync().ConfigureAwait(false);
            }
            else
            {
                await WriteAsync().ConfigureAwait(false);
                if (!json.RootElement.TryGetProperty("table", out var name)) break;
                table_ = name.GetString() ?? "";
                if (table_ != BackupTables.Terms && !BackupTables.Ledger.Contains(table_) && !BackupTables.Flows.Contains(table_)) throw new InvalidDataException($"it has a table '{table_}'");
                columns = [.. json.RootElement.GetProperty("columns").EnumerateArray().Select(column => column.GetString() ?? "")];
                if (Array.Exists(columns, column => column.Length == 0 || !column.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_')))
                    throw new InvalidDataException($"a column of '{table_}' has an odd name");
            }
        }

        await session.RestoredAsync(wanted("flows")).ConfigureAwait(false);
        if (wanted("accounts")) await session.NotifyAsync(StoreChangeKind.Everything, "").ConfigureAwait(false);
        return true;

        async Task WriteAsync()
        {
            if (rows.Count == 0) return;
            if (table_ == BackupTables.Terms) await session.IndexTermsAsync([.. rows.Select(row => ((long)row[0]!, (string)row[1]!, (string)row[2]!))]).ConfigureAwait(false);
            else await session.InsertAsync(table_, columns, rows, table_ == "leases" ? "ON CONFLICT (name) DO UPDATE SET epoch = CASE WHEN leases.epoch > excluded.epoch THEN leases.epoch ELSE excluded.epoch END" : "").ConfigureAwait(false);
            done += rows.Count;
            progress?.Report(done);
            rows.Clear();
        }
    }

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number => value.GetInt64(),
        JsonValueKind.String => value.GetString(),
        _ => value.GetProperty("b").GetBytesFromBase64(),
    };

    private static StreamReader Open(string file) => new(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
}
