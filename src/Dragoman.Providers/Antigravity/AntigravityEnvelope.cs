using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Json;
using Dragoman.Providers.CodeAssist;

namespace Dragoman.Providers.Antigravity;

/// <summary>
/// Antigravity's wrapping: model, project, kind and id of the request, and inside it the session, which is the same for all turns of a conversation so that its prompt stays cached. Safety settings are not taken, and
/// Claude models give no more than 64,000 tokens (wire notes codex-and-antigravity D.6, logins-2026-11 section 4).
/// </summary>
internal sealed class AntigravityEnvelope : IEnvelope
{
    private const int MostClaudeTokens = 64_000;

    private readonly CodeAssistEnvelope _shared = new();

    /// <inheritdoc/>
    public void WrapRequest(UpstreamCall call, IBufferWriter<byte> output)
    {
        if (call.Operation == UpstreamOperation.CountTokens)
        {
            _shared.WrapRequest(call, output);
            return;
        }

        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        if (CodeAssistEnvelope.ProjectOf(call) is { Length: > 0 } project) writer.WriteString("project"u8, project);
        writer.WriteString("model"u8, call.Model.Id);
        writer.WriteString("userAgent"u8, "antigravity"u8);
        writer.WriteString("requestType"u8, "agent"u8);
        writer.WriteString("requestId"u8, $"agent-{Guid.NewGuid()}");
        writer.WriteStartObject("request"u8);
        writer.WriteString("sessionId"u8, SessionOf(call.Body));
        var isClaude = call.Model.Id.Contains("claude", StringComparison.OrdinalIgnoreCase);
        var members = new TopLevelJsonScanner(call.Body.Span);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("safetySettings"u8) || members.Name.SequenceEqual("sessionId"u8)) continue;
            writer.WritePropertyName(members.Name);
            if (isClaude && members.Name.SequenceEqual("generationConfig"u8)) WriteCapped(writer, members.Value);
            else writer.WriteRawValue(members.Value, skipInputValidation: true);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> UnwrapResponse(ReadOnlyMemory<byte> body) => _shared.UnwrapResponse(body);

    private static void WriteCapped(Utf8JsonWriter writer, ReadOnlySpan<byte> config)
    {
        writer.WriteStartObject();
        var members = new TopLevelJsonScanner(config);
        while (members.Next())
        {
            writer.WritePropertyName(members.Name);
            if (members.Name.SequenceEqual("maxOutputTokens"u8) && long.TryParse(members.Value, CultureInfo.InvariantCulture, out var tokens) && tokens > MostClaudeTokens) writer.WriteNumberValue(MostClaudeTokens);
            else writer.WriteRawValue(members.Value, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    /// <summary>A negative number of the conversation's first turn, which all later ones begin with too.</summary>
    private static string SessionOf(ReadOnlyMemory<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var members = new TopLevelJsonScanner(body.Span);
        var first = ReadOnlySpan<byte>.Empty;
        while (members.Next())
            if (members.Name.SequenceEqual("contents"u8)) first = FirstOf(members.Value);
        SHA256.HashData(first, hash);
        return string.Create(CultureInfo.InvariantCulture, $"-{BinaryPrimitives.ReadInt64BigEndian(hash) & long.MaxValue}");
    }

    /// <summary>The first item of an array.</summary>
    private static ReadOnlySpan<byte> FirstOf(ReadOnlySpan<byte> array)
    {
        try
        {
            var reader = new Utf8JsonReader(array);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray || !reader.Read()) return array;
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return array[start..(int)reader.BytesConsumed];
        }
        catch (JsonException)
        {
            // The upstream will say so.
            return array;
        }
    }
}
