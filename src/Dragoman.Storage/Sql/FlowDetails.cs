using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dragoman.Gateway.State;

namespace Dragoman.Storage.Sql;

/// <summary>Writes what <see cref="FlowDetail"/> reads, by hand: every request pays for it. One for a batch, whose buffer it keeps.</summary>
internal sealed class FlowDetails : IDisposable
{
    private readonly ArrayBufferWriter<byte> buffer = new(2_048);
    private readonly Utf8JsonWriter json;

    // The text stands in no page, so nothing but JSON's own needs escapes.
    public FlowDetails() => json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    /// <summary>The detail of a flow.</summary>
    public byte[] Of(FlowRecord flow)
    {
        buffer.ResetWrittenCount();
        json.Reset();
        json.WriteStartObject();
        Text("userAgent"u8, flow.UserAgent);
        Text("surface"u8, flow.Surface);
        Text("clientLanguage"u8, flow.ClientLanguage);
        Text("upstreamLanguage"u8, flow.UpstreamLanguage);
        Text("lane"u8, flow.Lane);
        if (flow.Error is { } error) json.WriteString("error"u8, error);
        Text("preview"u8, flow.Preview);
        if (flow.FirstByte is { } first) json.WriteNumber("firstByte"u8, Moment.Micros(first));
        if (flow.CacheWriteTokens is { } cacheWrite) json.WriteNumber("cacheWrite"u8, cacheWrite);
        if (flow.ReasoningTokens is { } reasoning) json.WriteNumber("reasoning"u8, reasoning);
        if (flow.Attempts.Count > 0) Attempts(flow.Attempts);
        if (flow.Losses.Count > 0) Losses(flow.Losses);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public void Dispose() => json.Dispose();

    private void Attempts(IReadOnlyList<FlowAttempt> attempts)
    {
        Span<char> time = stackalloc char[32];
        json.WriteStartArray("attempts"u8);
        for (var i = 0; i < attempts.Count; i++)
        {
            var attempt = attempts[i];
            json.WriteStartObject();
            json.WriteString("accountId"u8, attempt.AccountId);
            json.WriteString("accountLabel"u8, attempt.AccountLabel);
            json.WriteString("provider"u8, attempt.Provider);
            json.WriteString("model"u8, attempt.Model);
            json.WriteString("why"u8, attempt.Why);
            json.WriteString("outcome"u8, attempt.Outcome);
            attempt.Duration.TryFormat(time, out var length, "c", CultureInfo.InvariantCulture);
            json.WriteString("duration"u8, time[..length]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Losses(IReadOnlyList<FlowLoss> losses)
    {
        json.WriteStartArray("losses"u8);
        for (var i = 0; i < losses.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, losses[i].Kind);
            json.WriteString("path"u8, losses[i].Path);
            json.WriteString("reason"u8, losses[i].Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Text(ReadOnlySpan<byte> name, string text)
    {
        if (text.Length > 0) json.WriteString(name, text);
    }
}
