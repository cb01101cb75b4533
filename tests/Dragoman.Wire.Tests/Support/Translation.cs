using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Wire.Conversation;

namespace Dragoman.Wire.Tests.Support;

/// <summary>A client's body as an upstream of another protocol gets it: bytes in, bytes out.</summary>
internal sealed class Translation
{
    public Translation(Language client, string body, Language upstream, string model)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        JsonDocument.Parse(bytes).Dispose();
        Exchange = new Exchange(Languages.Client(client).ReadRequest(bytes, new RequestTarget("m")), new UpstreamModel(model));
        var output = new ArrayBufferWriter<byte>();
        Languages.Upstream(upstream).WriteRequest(Exchange, output);
        Body = JsonDocument.Parse(output.WrittenMemory.ToArray()).RootElement;
    }

    public Exchange Exchange { get; }

    public JsonElement Body { get; }

    /// <summary>A member of the body as it was written.</summary>
    public string this[string member] => Body.GetProperty(member).GetRawText();
}
