using System.Buffers;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.Tests.Parrot;

/// <summary><c>{"cage":…,"request":…}</c> there, <c>{"response":…,"feathers":…}</c> back.</summary>
internal sealed class ParrotEnvelope : IEnvelope
{
    public void WrapRequest(UpstreamCall call, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("cage"u8, call.Account.Options["cage"]);
        writer.WritePropertyName("request"u8);
        writer.WriteRawValue(call.Body.Span, skipInputValidation: true);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    public ReadOnlyMemory<byte> UnwrapResponse(ReadOnlyMemory<byte> body)
    {
        var members = new TopLevelJsonScanner(body.Span);
        while (members.Next())
            if (members.Name.SequenceEqual("response"u8)) return body[members.ValueStart..members.ValueEnd];
        return body;
    }
}
