using System.Buffers;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding.Passthrough;

/// <summary>The changes of a body that passes: the model's name, and what its protocol adds (<see cref="ProtocolTraits.EditPassthrough"/>). All other bytes stay.</summary>
internal static class RequestBodyPatcher
{
    /// <summary>The changes for an upstream.</summary>
    /// <exception cref="Dragoman.Protocols.WireException">The upstream cannot answer the request.</exception>
    public static BodyEdits Create(ClientRequest request, UpstreamModel upstream, bool isVendor)
    {
        var edits = default(BodyEdits);
        if (request.Head.Model is { } asked && asked != upstream.Id) edits.Add(request.Head.ModelValue, Quoted(upstream.Id));
        request.Traits.EditPassthrough(request.PassthroughTo(upstream, isVendor), ref edits);
        return edits;
    }

    private static byte[] Quoted(string text)
    {
        using var buffer = new PooledBuffer(text.Length + 8);
        buffer.Write("\""u8);
        JsonText.From(text).AppendEscaped(buffer);
        buffer.Write("\""u8);
        return buffer.WrittenSpan.ToArray();
    }
}
