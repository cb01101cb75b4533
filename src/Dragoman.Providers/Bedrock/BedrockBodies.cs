using System.Buffers;
using System.Text.Json;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.AnthropicMessages.Upstream;
using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.Bedrock;

/// <summary>The small changes that bodies need at Bedrock's door: beta flags stand in the body there, and CountTokens wraps it.</summary>
internal static class BedrockBodies
{
    /// <summary>The body of an InvokeModel call with the client's <c>anthropic-beta</c> header carried into it.</summary>
    public static ReadOnlyMemory<byte> WithBetas(UpstreamCall call)
    {
        var betas = new List<string>();
        foreach (var (name, value) in call.ClientHeaders)
        {
            if (!name.Equals("anthropic-beta", StringComparison.OrdinalIgnoreCase)) continue;
            betas.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }

        betas = AnthropicBedrockBetas.Filter(betas);
        if (betas.Count == 0 || Has(call.Body, "anthropic_beta"u8)) return call.Body;
        return Extend(call.Body, writer =>
        {
            writer.WriteStartArray("anthropic_beta"u8);
            foreach (var beta in betas) writer.WriteStringValue(beta);
            writer.WriteEndArray();
        });
    }

    /// <summary>The body of CountTokens for a body of either protocol.</summary>
    public static ReadOnlyMemory<byte> Count(Protocol protocol, ReadOnlyMemory<byte> body)
    {
        var output = new ArrayBufferWriter<byte>(body.Length * 4 / 3 + 256);
        if (protocol == Protocol.BedrockConverse)
        {
            ConverseUpstream.WriteCountTokens(body, output);
            return output.WrittenMemory;
        }

        // The wrapped body must be one that InvokeModel would take.
        var version = Has(body, "anthropic_version"u8);
        var limit = Has(body, "max_tokens"u8);
        if (!version || !limit)
        {
            body = Extend(body, writer =>
            {
                if (!version) writer.WriteString("anthropic_version"u8, "bedrock-2023-05-31"u8);
                if (!limit) writer.WriteNumber("max_tokens"u8, 1024);
            });
        }

        var json = JsonWriting.Rent(output);
        json.WriteStartObject();
        json.WriteStartObject("input"u8);
        json.WriteStartObject("invokeModel"u8);
        json.WriteBase64String("body"u8, body.Span);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        JsonWriting.Return(json);
        return output.WrittenMemory;
    }

    private static bool Has(ReadOnlyMemory<byte> body, ReadOnlySpan<byte> member)
    {
        var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return true;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals(member)) return true;
            reader.Read();
            reader.Skip();
        }

        return false;
    }

    /// <summary>The object with more members put before its first.</summary>
    private static ReadOnlyMemory<byte> Extend(ReadOnlyMemory<byte> body, Action<Utf8JsonWriter> members)
    {
        var output = new ArrayBufferWriter<byte>(body.Length + 256);
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        members(writer);
        JsonWriting.Return(writer);
        var rest = body.Span[(body.Span.IndexOf((byte)'{') + 1)..];
        if (rest.IndexOfAnyExcept(" \t\r\n"u8) is var first && first >= 0 && rest[first] != (byte)'}') output.Write(","u8);
        output.Write(rest);
        return output.WrittenMemory;
    }
}
