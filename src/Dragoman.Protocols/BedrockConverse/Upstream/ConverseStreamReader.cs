using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>
/// Reads ConverseStream. A frame's name is its <c>:event-type</c> or <c>:exception-type</c>; without one the payload is taken to be an
/// object whose single key is the name (the form the SDKs log).
/// </summary>
internal sealed class ConverseStreamReader(TranslationContext exchange, IAnswerSink sink) : IStreamReader
{
    private readonly ConverseContentReader _content = new(exchange, sink);
    private Finish? _finish;
    private bool _metadata;
    private bool _over;

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data)
    {
        if (_over) return;
        try
        {
            if (!name.IsEmpty) ReadEvent(name, data);
            else ReadNamed(data);
        }
        catch (JsonException)
        {
            Fail(new WireError(ErrorKind.Api, "Bedrock sent a stream event that is not JSON.") { Status = 502 });
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
        // The reason came and only the metadata after it did not: the answer itself is whole.
        if (!_over && _finish is not null) End();
    }

    private void ReadNamed(ReadOnlyMemory<byte> data)
    {
        var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject || !reader.NextProperty()) return;
        var name = reader.ValueSpan;
        reader.Read();
        ReadEvent(name, JsonSlice.From(ref reader, data).Bytes);
    }

    private void ReadEvent(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data)
    {
        if (name.SequenceEqual("contentBlockDelta"u8)) _content.Delta(data);
        else if (name.SequenceEqual("contentBlockStart"u8)) _content.Start(data);
        else if (name.SequenceEqual("contentBlockStop"u8)) _content.Stop(data);
        else if (name.SequenceEqual("messageStart"u8)) sink.Write(AnswerEvent.Started(new AnswerStart()));
        else if (name.SequenceEqual("messageStop"u8))
        {
            _finish = ConverseAnswerReader.ReadFinish(data);
            if (_metadata) End();
        }
        else if (name.SequenceEqual("metadata"u8))
        {
            _metadata = true;
            if (ConverseAnswerReader.ReadUsageOf(data) is { } usage) sink.Write(AnswerEvent.UsageChanged(usage));
            if (_finish is not null) End();
        }
        else if (name.EndsWith("Exception"u8) || name.EndsWith("Error"u8) || name.EndsWith("Failure"u8)) Fail(Encoding.UTF8.GetString(name), data);
        // A frame of the type error has its code in a header, and so in the payload that was made of it.
        else if (name.SequenceEqual("error"u8) || name.SequenceEqual("exception"u8)) Fail("", data);
    }

    private void Fail(string type, ReadOnlyMemory<byte> data)
    {
        var error = ConverseErrors.Read(0, data);
        if (type.Length == 0) type = error.Type is { Length: > 0 } named ? named : "InternalServerException";
        var message = error.Message.EndsWith("status 0.", StringComparison.Ordinal) ? $"Bedrock interrupted the answer with {type}." : error.Message;
        Fail(ConverseErrors.Make(0, char.ToUpperInvariant(type[0]) + type[1..], message));
    }

    private void End()
    {
        _over = true;
        _content.Finish(_finish!);
    }

    private void Fail(WireError error)
    {
        _over = true;
        sink.Write(AnswerEvent.Failed(error));
    }
}
