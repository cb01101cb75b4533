using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>Writes what <see cref="FlowDetail"/> reads, by hand: every request pays for it. One for a batch, whose buffer it keeps.</summary>
internal sealed class FlowDetails : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(2_048);
    private readonly Utf8JsonWriter _json;

    // The text stands in no page, so nothing but JSON's own needs escapes.
    public FlowDetails() => _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    /// <summary>The detail of a flow.</summary>
    public byte[] Serialize(FlowRecord flow)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        Text("userAgent"u8, flow.UserAgent);
        Text("surface"u8, flow.Surface);
        Text("clientProtocol"u8, flow.ClientProtocol);
        Text("upstreamProtocol"u8, flow.UpstreamProtocol);
        Text("mode"u8, flow.Mode);
        if (flow.Error is { } error) _json.WriteString("error"u8, error);
        Text("preview"u8, flow.Preview);
        if (flow.FirstByte is { } first) _json.WriteNumber("firstByte"u8, UnixMilliseconds.Micros(first));
        if (flow.CacheWriteTokens is { } cacheWrite) _json.WriteNumber("cacheWrite"u8, cacheWrite);
        if (flow.ReasoningTokens is { } reasoning) _json.WriteNumber("reasoning"u8, reasoning);
        if (flow.Attempts.Count > 0) Attempts(flow.Attempts);
        if (flow.Losses.Count > 0) Losses(flow.Losses);
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    public void Dispose() => _json.Dispose();

    private void Attempts(IReadOnlyList<FlowAttempt> attempts)
    {
        Span<char> time = stackalloc char[32];
        _json.WriteStartArray("attempts"u8);
        for (var i = 0; i < attempts.Count; i++)
        {
            var attempt = attempts[i];
            _json.WriteStartObject();
            _json.WriteString("accountId"u8, attempt.AccountId);
            _json.WriteString("accountLabel"u8, attempt.AccountLabel);
            _json.WriteString("provider"u8, attempt.Provider);
            _json.WriteString("model"u8, attempt.Model);
            _json.WriteString("reason"u8, attempt.Reason);
            if (attempt.ReasonCode is { } code) _json.WriteString("reasonCode"u8, code);
            if (attempt.Cause is { } cause) _json.WriteString("cause"u8, cause);
            _json.WriteString("outcome"u8, attempt.Outcome);
            attempt.Duration.TryFormat(time, out var length, "c", CultureInfo.InvariantCulture);
            _json.WriteString("duration"u8, time[..length]);
            if (attempt.Started is { } started)
            {
                started.TryFormat(time, out length, "c", CultureInfo.InvariantCulture);
                _json.WriteString("started"u8, time[..length]);
            }

            if (attempt.Transport is { } transport) _json.WriteString("transport"u8, AttemptTransportNames.Of(transport));
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void Losses(IReadOnlyList<FlowLoss> losses)
    {
        _json.WriteStartArray("losses"u8);
        for (var i = 0; i < losses.Count; i++)
        {
            _json.WriteStartObject();
            _json.WriteString("kind"u8, losses[i].Kind);
            _json.WriteString("path"u8, losses[i].Path);
            _json.WriteString("reason"u8, losses[i].Reason);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void Text(ReadOnlySpan<byte> name, string text)
    {
        if (text.Length > 0) _json.WriteString(name, text);
    }
}
