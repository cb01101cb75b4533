using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>
/// Reads a Messages stream. The reason of the ending is held back until <c>message_stop</c>, because usage may still follow it; blocks
/// that upstreams never start or stop, and indexes they use twice, are put right on the way.
/// </summary>
internal sealed class AnthropicStreamReader(TranslationContext exchange, IAnswerSink sink) : IStreamReader
{
    private readonly Dictionary<int, int> _numbers = [];
    private readonly AnthropicAnswerBlocks _blocks = new(exchange, sink);
    private AnthropicUsage _usage;
    private Finish? _finish;
    private int _next;
    private bool _over;

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data)
    {
        if (_over || data.IsEmpty || data.Span.SequenceEqual("[DONE]"u8)) return;
        try
        {
            var frame = AnthropicFrame.Read(data);
            if (frame.Type == AnthropicFrameType.Unknown && frame.NoType) frame.Type = name.IsEmpty && ErrorInAnswer.IsReported(data.Span) ? AnthropicFrameType.Error : AnthropicFrame.TypeOf(name);
            Take(frame, data);
        }
        catch (Exception e) when (e is JsonException or WireException or InvalidOperationException)
        {
            Fail(new WireError(ErrorKind.Api, $"The upstream sent an event that cannot be read: {e.Message}") { Status = 502 });
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (_over) return;
        _blocks.CloseAll();
        if (_finish is not null) End();
    }

    private void Take(in AnthropicFrame frame, ReadOnlyMemory<byte> data)
    {
        switch (frame.Type)
        {
            case AnthropicFrameType.MessageStart:
                Start(frame.Message);
                break;
            case AnthropicFrameType.BlockStart when !frame.ContentBlock.IsEmpty:
                if (_numbers.Remove(frame.Index, out var unclosed)) _blocks.Close(unclosed);
                _numbers[frame.Index] = _next;
                _blocks.Open(_next++, frame.ContentBlock);
                break;
            case AnthropicFrameType.BlockDelta:
                Delta(frame);
                break;
            case AnthropicFrameType.BlockStop:
                if (_numbers.Remove(frame.Index, out var number)) _blocks.Close(number);
                break;
            case AnthropicFrameType.MessageDelta:
                ReadUsage(frame.Usage);
                if (frame.Lost is not null) exchange.Losses.Drop("answer." + frame.Lost, AnthropicAnswerFields.Reason);
                if (frame.StopReason is not null) _finish = AnthropicStop.Read(frame.StopReason, frame.StopSequence, frame.StopDetails);
                break;
            case AnthropicFrameType.MessageStop:
                _finish ??= new Finish(FinishReason.Stop);
                End();
                break;
            case AnthropicFrameType.Ping:
                sink.Write(AnswerEvent.Ping);
                break;
            case AnthropicFrameType.Error:
                Fail(ErrorInAnswer.Read(AnthropicUpstream.Instance, data));
                break;
            case AnthropicFrameType.Message:
                // An upstream that ignores `stream` gives the whole answer as its only event.
                _over = true;
                AnthropicUpstream.Instance.ReadAnswer(data.ToArray(), exchange, sink);
                break;
        }
    }

    private void Start(JsonSlice message)
    {
        if (message.IsEmpty) return;
        var reader = message.Read();
        reader.Read();
        string? id = null;
        string? model = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                reader.Read();
                model = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                _usage.Read(ref reader);
            }
            else AnthropicAnswerFields.Lose(ref reader, exchange);
        }

        var usage = _usage.ToUsage();
        sink.Write(AnswerEvent.Started(new AnswerStart { Id = id, Model = model, ServiceTier = _usage.ServiceTier, Usage = usage }));
        if (usage is not null) sink.Write(AnswerEvent.UsageChanged(usage));
    }

    private void Delta(in AnthropicFrame frame)
    {
        if (frame.Delta == AnthropicDelta.Unknown) return;
        if (!_numbers.TryGetValue(frame.Index, out var number)) _numbers[frame.Index] = number = _next++;
        _blocks.Delta(number, frame);
    }

    private void ReadUsage(JsonSlice usage)
    {
        if (usage.IsEmpty) return;
        var reader = usage.Read();
        reader.Read();
        _usage.Read(ref reader);
        if (_usage.ToUsage() is { } known) sink.Write(AnswerEvent.UsageChanged(known));
    }

    private void End()
    {
        _over = true;
        _blocks.CloseAll();
        sink.Write(AnswerEvent.Finished(_finish!));
    }

    private void Fail(WireError error)
    {
        _over = true;
        sink.Write(AnswerEvent.Failed(error));
    }
}
