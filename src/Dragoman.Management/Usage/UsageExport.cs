using System.Globalization;
using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Usage;

/// <summary>The ledger as a file, written page by page as it is read: CSV (RFC 4180) or JSON lines, newest first.</summary>
internal sealed class UsageExport(IUsageStore ledger, UsageQuery query, bool isCsv)
{
    private const int PageSize = 1_000;
    private const string Columns = "request_id,at,key,account,provider,model,requested_model,status,failed,stream,input_tokens,output_tokens,cached_tokens,cache_write_tokens,reasoning_tokens,cost,first_byte_ms,duration_ms,estimated,client,credits";

    /// <summary>The file; what was read is on its way before the next page is read.</summary>
    public ExportFile ToFile() => new(isCsv ? "text/csv; charset=utf-8" : "application/x-ndjson", $"usage.{(isCsv ? "csv" : "jsonl")}", WriteAsync);

    private async Task WriteAsync(Stream target, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        if (isCsv) text.Append(Columns).Append("\r\n");
        string? after = null;
        do
        {
            var page = await ledger.ListAsync(query, new PageRequest(PageSize, after), cancellationToken);
            foreach (var entry in page.Items)
            {
                if (isCsv) Write(text, UsageEntryView.From(entry));
                else text.Append(JsonSerializer.Serialize(UsageEntryView.From(entry), ManagementJson.Options)).Append('\n');
            }

            await target.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
            await target.FlushAsync(cancellationToken);
            text.Clear();
            after = page.Next;
        }
        while (after is not null);
    }

    private static void Write(StringBuilder text, UsageEntryView entry) => text.AppendJoin(',',
        Cell(entry.RequestId), entry.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), Cell(entry.Key), Cell(entry.Account), Cell(entry.Provider), Cell(entry.Model), Cell(entry.RequestedModel),
        Number(entry.Status), entry.Failed ? "true" : "false", entry.Stream ? "true" : "false", Number(entry.InputTokens), Number(entry.OutputTokens), Number(entry.CachedTokens),
        Number(entry.CacheWriteTokens), Number(entry.ReasoningTokens), entry.Cost?.ToString(CultureInfo.InvariantCulture) ?? "", entry.FirstByteMs?.ToString(CultureInfo.InvariantCulture) ?? "",
        entry.DurationMs.ToString(CultureInfo.InvariantCulture), entry.Estimated ? "true" : "false", Cell(entry.Client), entry.Credits?.ToString(CultureInfo.InvariantCulture) ?? "").Append("\r\n");

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Names of models are the clients' to choose: a cell must stay a cell, and no formula of a spreadsheet.</summary>
    private static string Cell(string value)
    {
        if (value.Length > 0 && value[0] is '=' or '+' or '-' or '@' or '\t' or '\r') value = "'" + value;
        return value.AsSpan().IndexOfAny("\",\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
