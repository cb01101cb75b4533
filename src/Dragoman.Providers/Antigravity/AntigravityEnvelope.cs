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
/// Antigravity's wrapping: model, project, kind and id of the request, and inside it the session, which is the same for all turns of a conversation so that its prompt stays cached (wire notes codex-and-antigravity D.6).
/// </summary>
internal sealed class AntigravityEnvelope : IEnvelope
{
    private static readonly byte[] Refusal = """{"error":{"code":400,"status":"FAILED_PRECONDITION","message":"This version of Antigravity is no longer supported: Google refuses the version that the gateway names. Set client-version of the account to a newer one."}}"""u8.ToArray();

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
        var members = new TopLevelJsonScanner(call.Body.Span);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("sessionId"u8)) continue;
            writer.WritePropertyName(members.Name);
            writer.WriteRawValue(members.Value, skipInputValidation: true);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> UnwrapResponse(ReadOnlyMemory<byte> body)
    {
        var answer = AntigravityTools.WithoutFlags(_shared.UnwrapResponse(body));
        return IsRefusal(answer.Span) ? Refusal : answer;
    }

    /// <summary>Whether the text of an answer is the service's word that it does not serve this version, which it says as if the model had (wire notes codex-and-antigravity, check 84).</summary>
    private static bool IsRefusal(ReadOnlySpan<byte> answer)
    {
        var at = answer.IndexOf("\"This version of Antigravity is no longer supported"u8);
        if (at < 0) return false;
        var before = answer[..at].TrimEnd(" \t\r\n"u8);
        return before.EndsWith(":"u8) && before[..^1].TrimEnd(" \t\r\n"u8).EndsWith("\"text\""u8);
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
