using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.Vertex;

/// <summary>
/// Anthropic's body as <c>rawPredict</c> takes it: without the model, which stands in the address, and with the version, which is a header at Anthropic itself (platform.claude.com "Claude on Vertex AI"). What only
/// Anthropic's own API does is taken out and reported where the answer stays an answer to what was asked; else another account has to be asked.
/// </summary>
internal sealed class VertexRequestEditor : IRequestEditor
{
    private const string Version = "vertex-2023-10-16";

    /// <summary>Members that Anthropic's own API has and Vertex AI refuses ("Extra inputs are not permitted"), and why nothing is missing from the answer without them.</summary>
    private static readonly (string Name, string Reason)[] RefusedMembers =
    [
        ("inference_geo", "the account's location says where the model runs"), ("service_tier", "Vertex AI has no tiers in the body"), ("speed", "Vertex AI has no fast mode"), ("container", "Vertex AI runs no code"),
        ("fallbacks", "Vertex AI falls back on no other model"), ("fallback_credit_token", "Vertex AI falls back on no other model"), ("diagnostics", "Vertex AI has no diagnostics"),
        ("thread", "Vertex AI keeps no threads"),
    ];

    /// <inheritdoc/>
    public bool TryEdit(UpstreamCall call, IBufferWriter<byte> output, Losses losses)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (VertexModule.ProtocolFor(call.Account, call.Model) != Protocol.AnthropicMessages) return false;
        try
        {
            return TryWrite(call.Body, output, losses);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryWrite(ReadOnlyMemory<byte> body, IBufferWriter<byte> output, Losses losses)
    {
        if (!TryFindWholeMark(body, out var mark)) return false;
        output.Write("{\"anthropic_version\":\""u8);
        output.Write(Encoding.ASCII.GetBytes(Version));
        output.Write("\""u8);
        var scanner = new TopLevelJsonScanner(body.Span);
        while (scanner.Next())
        {
            var name = scanner.Name;
            var value = body[scanner.ValueStart..scanner.ValueEnd];
            if (name.SequenceEqual("model"u8) || name.SequenceEqual("anthropic_version"u8) || name.SequenceEqual("cache_control"u8)) continue;
            if (IsRefused(name, value.Span, losses)) continue;
            output.Write(",\""u8);
            output.Write(name);
            output.Write("\":"u8);
            if (name.SequenceEqual("messages"u8)) VertexClaudeItems.WriteMessages(value, mark, output, losses);
            else if (name.SequenceEqual("system"u8)) VertexClaudeItems.Write(value, output, losses);
            else if (name.SequenceEqual("tools"u8)) VertexClaudeItems.WriteTools(value, output, losses);
            else output.Write(value.Span);
        }

        output.Write("}"u8);
        return true;
    }

    /// <summary>Looks whether the body is whole, and for a mark on the request as a whole. What is not whole goes on as it is: the vendor says what is wrong with it.</summary>
    private static bool TryFindWholeMark(ReadOnlyMemory<byte> body, out ReadOnlyMemory<byte> mark)
    {
        mark = default;
        var scanner = new TopLevelJsonScanner(body.Span);
        while (scanner.Next())
            if (scanner.Name.SequenceEqual("cache_control"u8) && scanner.Value is [(byte)'{', ..]) mark = body[scanner.ValueStart..scanner.ValueEnd];
        return !scanner.Broken && !scanner.TooDeep;
    }

    private static bool IsRefused(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, Losses losses)
    {
        if (name.SequenceEqual("mcp_servers"u8) && value is [(byte)'[', ..] && value.IndexOf((byte)'{') > 0)
            throw WireException.Invalid("Claude on Vertex AI connects to no MCP servers: have the client call their tools.", "mcp_servers");
        foreach (var (member, reason) in RefusedMembers)
        {
            if (!Ascii.Equals(name, member)) continue;
            if (!value.SequenceEqual("null"u8)) losses.Drop(member, reason);
            return true;
        }

        return name.SequenceEqual("mcp_servers"u8);
    }
}
