using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;

namespace Dragoman.Protocols.Tests.Support;

/// <summary>A client's body as an upstream of another protocol gets it: bytes in, bytes out.</summary>
internal sealed class Translation
{
    public Translation(Protocol client, string body, Protocol upstream, string model)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        JsonDocument.Parse(bytes).Dispose();
        Exchange = new TranslationContext(ProtocolRegistry.Client(client).ReadRequest(bytes, new RequestTarget("m")), new UpstreamModel(model));
        var output = new ArrayBufferWriter<byte>();
        ProtocolRegistry.Upstream(upstream).WriteRequest(Exchange, output);
        Body = JsonDocument.Parse(output.WrittenMemory.ToArray()).RootElement;
    }

    public TranslationContext Exchange { get; }

    public JsonElement Body { get; }

    /// <summary>A member of the body as it was written.</summary>
    public string this[string member] => Body.GetProperty(member).GetRawText();
}
