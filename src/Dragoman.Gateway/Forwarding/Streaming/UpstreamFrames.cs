using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding.Streaming;

/// <summary>An upstream's stream, cut into its frames and told to the protocol's reader.</summary>
internal abstract class UpstreamFrames(IStreamReader reader) : IDisposable
{
    protected IStreamReader Reader { get; } = reader;

    public static UpstreamFrames For(IUpstreamProtocol protocol, TranslationContext exchange, IAnswerSink sink, int maxFrameBytes, MemoryBudget? memory)
    {
        var reader = protocol.OpenStream(exchange, sink);
        return protocol.Framing == StreamFraming.AwsEventStream ? new AwsEventFrames(reader, maxFrameBytes, memory) : new ServerSentEventFrames(reader, maxFrameBytes, memory);
    }

    /// <summary>Reads a stream that is already there whole.</summary>
    public static void ReadAll(ReadOnlyMemory<byte> body, IUpstreamProtocol protocol, TranslationContext exchange, IAnswerSink sink)
    {
        using var frames = For(protocol, exchange, sink, Math.Max(body.Length, 1), memory: null);
        body.CopyTo(frames.GetMemory(body.Length));
        frames.Advance(body.Length);
        frames.Complete();
    }

    /// <summary>Whether nothing of a frame waits for its rest: then the buffer can rest too.</summary>
    public abstract bool IsEmpty { get; }

    /// <summary>Gives the buffer back until something comes.</summary>
    public abstract void ReturnBuffers();

    /// <summary>Room to receive into.</summary>
    public abstract Memory<byte> GetMemory(int sizeHint = 4096);

    /// <summary>So many bytes came: complete frames among them are told to the reader.</summary>
    public abstract void Advance(int count);

    /// <summary>No more will come.</summary>
    public abstract void Complete();

    public abstract void Dispose();
}

internal sealed class ServerSentEventFrames(IStreamReader reader, int maxFrameBytes, MemoryBudget? memory) : UpstreamFrames(reader)
{
    private readonly SseReader _frames = new(maxFrameBytes, memory);

    public override bool IsEmpty => _frames.Pending == 0;

    public override void ReturnBuffers() => _frames.ReturnBuffer();

    public override Memory<byte> GetMemory(int sizeHint = 4096) => _frames.GetMemory(sizeHint);

    public override void Advance(int count)
    {
        _frames.Advance(count);
        while (_frames.TryRead(out var frame)) ReportError(frame);
    }

    public override void Complete()
    {
        while (_frames.TryReadLast(out var frame)) ReportError(frame);
        Reader.Complete();
    }

    public override void Dispose() => _frames.Dispose();

    private void ReportError(in SseFrame frame) => Reader.Read(frame.IsBare ? ErrorInAnswer.NameOfBare(frame.Data.Span) : frame.Name.Span, frame.Data);
}

internal sealed class AwsEventFrames(IStreamReader reader, int maxFrameBytes, MemoryBudget? memory) : UpstreamFrames(reader)
{
    private readonly AwsEventStreamReader _frames = new(maxFrameBytes, memory);

    public override bool IsEmpty => _frames.Pending == 0;

    public override void ReturnBuffers() => _frames.ReturnBuffer();

    public override Memory<byte> GetMemory(int sizeHint = 4096) => _frames.GetMemory(sizeHint);

    public override void Advance(int count)
    {
        _frames.Advance(count);
        while (_frames.TryRead(out var frame))
        {
            var name = frame.ExceptionType.IsEmpty ? frame.EventType : frame.ExceptionType;
            Reader.Read(name.IsEmpty ? frame.MessageType.Span : name.Span, frame.Payload.IsEmpty && !frame.ErrorCode.IsEmpty ? ErrorOf(frame) : frame.Payload);
        }
    }

    public override void Complete()
    {
        if (_frames.Pending > 0) Reader.Interrupt();
        else Reader.Complete();
    }

    /// <summary>The error that a frame tells in its headers, in the form of an error's payload.</summary>
    private static ReadOnlyMemory<byte> ErrorOf(in AwsFrame frame)
    {
        var payload = new ArrayBufferWriter<byte>();
        var writer = JsonWriting.Rent(payload);
        writer.WriteStartObject();
        writer.WriteString("__type"u8, frame.ErrorCode.Span);
        writer.WriteString("message"u8, frame.ErrorMessage.Span);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        return payload.WrittenMemory;
    }

    public override void Dispose() => _frames.Dispose();
}
