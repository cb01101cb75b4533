using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>Flows as rows: what is searched by field in columns of a narrow table, the rest as one JSON text beside it, bodies compressed apart.</summary>
internal static class FlowRows
{
    public const string Select = "f.id, f.started_at, f.duration, f.key_id, f.key_name, f.session, f.requested_model, f.model, f.provider, f.account_id, f.account_label, "
        + "f.stream, f.status, f.client_left, f.input_tokens, f.output_tokens, f.cached_tokens, f.cost, f.bookmarked, f.note, f.tags, d.detail, f.seq, f.client, f.refused";

    public const int Place = 22;

    private static readonly string[] Columns =
    [
        "id", "started_at", "duration", "key_id", "key_name", "session", "requested_model", "model", "provider", "account_id", "account_label", "stream", "status", "client_left",
        "input_tokens", "output_tokens", "cached_tokens", "cost", "losses", "size", "body_size", "bookmarked", "note", "tags", "word_set", "names", "client", "refused",
    ];

    public static readonly InsertStatement<FlowInsert> Insertion = new("flows", Columns, keyed: true, Write);

    public static readonly InsertStatement<FlowInsert> Details = new("flow_details", ["flow", "detail"], keyed: false, static (draft, row) =>
    {
        row.Add(draft.RowId);
        row.AddText(draft.Detail);
    });

    public static readonly string[] BodyColumns = ["flow", "ordinal", "kind", "attempt", "content_type", "content", "kept", "length"];

    private static void Write(FlowInsert draft, RowValues row)
    {
        var flow = draft.Flow;
        row.Add(flow.Id);
        row.Add(UnixMilliseconds.From(flow.StartedAt));
        row.Add(UnixMilliseconds.Micros(flow.Duration));
        row.Add(flow.KeyId);
        row.Add(flow.KeyName);
        row.Add(flow.Session);
        row.Add(flow.RequestedModel);
        row.Add(flow.Model);
        row.Add(flow.Provider);
        row.Add(flow.AccountId);
        row.Add(flow.AccountLabel);
        row.Add(flow.Stream);
        row.Add(flow.Status);
        row.Add(flow.ClientLeft);
        row.Add(flow.InputTokens);
        row.Add(flow.OutputTokens);
        row.Add(flow.CachedTokens);
        row.Add(UnixMilliseconds.Nanos(flow.Cost));
        row.Add(flow.Losses.Count);
        row.Add(draft.Size);
        row.Add(draft.BodySize);
        row.Add(flow.Marks.Bookmarked ?? false);
        row.Add(flow.Marks.Note ?? "");
        row.Add(StateJson.Tags(flow.Marks.Tags ?? []));
        row.Add(draft.TermSet);
        row.Add(draft.Names);
        row.Add(flow.Client);
        row.Add(flow.IsRefused);
    }

    public static FlowRecord Read(Row row)
    {
        var detail = row.TextOrNull(21) is { } json ? JsonSerializer.Deserialize(json, StateJson.Default.FlowDetail) ?? new() : new FlowDetail();
        return new FlowRecord
        {
            Id = row.Text(0),
            StartedAt = row.Time(1),
            Duration = UnixMilliseconds.Span(row.Number(2)),
            KeyId = row.Text(3),
            KeyName = row.Text(4),
            Session = row.Text(5),
            RequestedModel = row.Text(6),
            Model = row.Text(7),
            Provider = row.Text(8),
            AccountId = row.Text(9),
            AccountLabel = row.Text(10),
            Stream = row.GetBool(11),
            Status = row.Int(12),
            ClientLeft = row.GetBool(13),
            InputTokens = row.NumberOrNull(14),
            OutputTokens = row.NumberOrNull(15),
            CachedTokens = row.NumberOrNull(16),
            Cost = UnixMilliseconds.Dollars(row.NumberOrNull(17)),
            Marks = new FlowMarks { Bookmarked = row.GetBool(18), Note = row.Text(19), Tags = StateJson.Tags(row.Text(20)) },
            Client = row.Text(23),
            IsRefused = row.GetBool(24),
            UserAgent = detail.UserAgent ?? "",
            Surface = detail.Surface ?? "",
            ClientProtocol = detail.ClientProtocol ?? "",
            UpstreamProtocol = detail.UpstreamProtocol ?? "",
            Mode = detail.Mode ?? "",
            Error = detail.Error,
            Preview = detail.Preview ?? "",
            FirstByte = detail.FirstByte is { } first ? UnixMilliseconds.Span(first) : null,
            CacheWriteTokens = detail.CacheWrite,
            ReasoningTokens = detail.Reasoning,
            Attempts = [.. (detail.Attempts ?? []).Select(static attempt => attempt.ToAttempt())],
            Losses = detail.Losses ?? [],
        };
    }

    public static FlowBody ReadBody(Row row)
        => new((FlowBodyKind)row.Int(0), row.Int(1), row.Text(2), Unpack(row.Bytes(3), row.Int(4)), row.Number(5));

    public static byte[] Pack(ReadOnlySpan<byte> content)
    {
        var room = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(content.Length));
        try
        {
            return BrotliEncoder.TryCompress(content, room, out var length, quality: 4, window: 20) ? room[..length] : throw new InvalidOperationException("A body could not be compressed.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    private static byte[] Unpack(byte[] packed, int length)
    {
        var content = new byte[length];
        return BrotliDecoder.TryDecompress(packed, content, out var written) && written == length ? content : throw new StoreException(StoreFault.Damaged, "A recorded body cannot be read back.");
    }
}
