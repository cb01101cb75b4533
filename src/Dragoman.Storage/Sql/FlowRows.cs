using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using Dragoman.Gateway.State;

namespace Dragoman.Storage.Sql;

/// <summary>Flows as rows: what is searched by field in columns of a narrow table, the rest as one JSON text beside it, bodies compressed apart.</summary>
internal static class FlowRows
{
    public const string Select = "f.id, f.started_at, f.duration, f.key_id, f.key_name, f.session, f.requested_model, f.model, f.provider, f.account_id, f.account_label, "
        + "f.stream, f.status, f.client_left, f.input_tokens, f.output_tokens, f.cached_tokens, f.cost, f.bookmarked, f.note, f.tags, d.detail, f.seq";

    public const int Place = 22;

    public static readonly string[] Columns =
    [
        "id", "started_at", "duration", "key_id", "key_name", "session", "requested_model", "model", "provider", "account_id", "account_label", "stream", "status", "client_left",
        "input_tokens", "output_tokens", "cached_tokens", "cost", "losses", "size", "body_size", "bookmarked", "note", "tags",
    ];

    public static readonly string[] BodyColumns = ["flow", "ordinal", "kind", "attempt", "content_type", "content", "kept", "length"];

    public static object?[] Values(FlowRecord flow, int size, long bodySize) =>
    [
        flow.Id, Moment.Of(flow.StartedAt), Moment.Micros(flow.Duration), flow.KeyId, flow.KeyName, flow.Session, flow.RequestedModel, flow.Model, flow.Provider, flow.AccountId, flow.AccountLabel,
        flow.Stream, flow.Status, flow.ClientLeft, flow.InputTokens, flow.OutputTokens, flow.CachedTokens, Moment.Nanos(flow.Cost), flow.Losses.Count, size, bodySize,
        flow.Marks.Bookmarked ?? false, flow.Marks.Note ?? "", StateJson.Tags(flow.Marks.Tags ?? []),
    ];

    public static string Detail(FlowRecord flow) => JsonSerializer.Serialize(new FlowDetail
    {
        UserAgent = Some(flow.UserAgent),
        Surface = Some(flow.Surface),
        ClientLanguage = Some(flow.ClientLanguage),
        UpstreamLanguage = Some(flow.UpstreamLanguage),
        Lane = Some(flow.Lane),
        Error = flow.Error,
        Preview = Some(flow.Preview),
        FirstByte = flow.FirstByte is { } first ? Moment.Micros(first) : null,
        CacheWrite = flow.CacheWriteTokens,
        Reasoning = flow.ReasoningTokens,
        Attempts = flow.Attempts.Count == 0 ? null : flow.Attempts,
        Losses = flow.Losses.Count == 0 ? null : flow.Losses,
    }, StateJson.Default.FlowDetail);

    public static FlowRecord Read(Row row)
    {
        var detail = row.TextOrNull(21) is { } json ? JsonSerializer.Deserialize(json, StateJson.Default.FlowDetail) ?? new() : new FlowDetail();
        return new FlowRecord
        {
            Id = row.Text(0),
            StartedAt = row.Time(1),
            Duration = Moment.Span(row.Number(2)),
            KeyId = row.Text(3),
            KeyName = row.Text(4),
            Session = row.Text(5),
            RequestedModel = row.Text(6),
            Model = row.Text(7),
            Provider = row.Text(8),
            AccountId = row.Text(9),
            AccountLabel = row.Text(10),
            Stream = row.Flag(11),
            Status = row.Int(12),
            ClientLeft = row.Flag(13),
            InputTokens = row.NumberOrNull(14),
            OutputTokens = row.NumberOrNull(15),
            CachedTokens = row.NumberOrNull(16),
            Cost = Moment.Dollars(row.NumberOrNull(17)),
            Marks = new FlowMarks { Bookmarked = row.Flag(18), Note = row.Text(19), Tags = StateJson.Tags(row.Text(20)) },
            UserAgent = detail.UserAgent ?? "",
            Surface = detail.Surface ?? "",
            ClientLanguage = detail.ClientLanguage ?? "",
            UpstreamLanguage = detail.UpstreamLanguage ?? "",
            Lane = detail.Lane ?? "",
            Error = detail.Error,
            Preview = detail.Preview ?? "",
            FirstByte = detail.FirstByte is { } first ? Moment.Span(first) : null,
            CacheWriteTokens = detail.CacheWrite,
            ReasoningTokens = detail.Reasoning,
            Attempts = detail.Attempts ?? [],
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

    private static string? Some(string text) => text.Length == 0 ? null : text;
}
