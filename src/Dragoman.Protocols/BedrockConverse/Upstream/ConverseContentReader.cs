using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>
/// Tells the content blocks of an answer, streamed or whole. Upstream numbers may skip and come again after a block's end, so blocks get
/// numbers of their own.
/// </summary>
internal sealed class ConverseContentReader(TranslationContext exchange, IAnswerSink sink)
{
    private enum Kind
    {
        Text,
        Reasoning,
        Redacted,
        Tool,
        Answer,
        Image,
        Ignored,
    }

    private readonly Dictionary<int, (int Number, Kind Kind)> _open = [];
    private readonly ConverseImages _images = new();
    private readonly string? _answerTool = ConverseOutput.ToolName(exchange, ConverseModelTraits.Of(exchange.Model));
    private int _next;

    public void Start(ReadOnlyMemory<byte> data)
    {
        var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
        var index = 0;
        JsonSlice start = default;
        Step(ref reader);
        while (reader.NextProperty())
        {
            var isIndex = reader.ValueTextEquals("contentBlockIndex"u8);
            var isStart = reader.ValueTextEquals("start"u8);
            reader.Read();
            if (isIndex) index = reader.Int32OrNull() ?? 0;
            else if (isStart) start = JsonSlice.From(ref reader, data);
            else reader.Skip();
        }

        if (!start.IsObject) return;
        reader = start.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("toolUse"u8))
            {
                reader.Read();
                Call(index, JsonSlice.From(ref reader, start.Bytes));
                continue;
            }

            if (reader.ValueTextEquals("image"u8))
            {
                reader.Read();
                _open[index] = (_next++, Kind.Image);
                _images.Begin(index, JsonSlice.From(ref reader, start.Bytes));
                continue;
            }

            // Hosted tools' results: their deltas are not words of the answer.
            var known = reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("reasoningContent"u8);
            reader.Read();
            reader.Skip();
            if (!known) _open[index] = (_next++, Kind.Ignored);
        }
    }

    public void Delta(ReadOnlyMemory<byte> data)
    {
        var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
        var index = 0;
        JsonSlice delta = default;
        Step(ref reader);
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("contentBlockIndex"u8))
            {
                reader.Read();
                index = reader.Int32OrNull() ?? 0;
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                reader.Read();
                delta = JsonSlice.From(ref reader, data);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (delta.IsObject) Content(index, delta);
    }

    public void Stop(ReadOnlyMemory<byte> data)
    {
        var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
        Step(ref reader);
        while (reader.NextProperty())
        {
            var isIndex = reader.ValueTextEquals("contentBlockIndex"u8);
            reader.Read();
            if (isIndex && reader.Int32OrNull() is { } index) Close(index);
            else reader.Skip();
        }
    }

    /// <summary>Tells a block of a whole answer.</summary>
    public void Whole(int index, JsonSlice block)
    {
        Content(index, block);
        Close(index);
    }

    public void Finish(Finish finish)
    {
        if (finish.Reason == FinishReason.MalformedToolCall && _next == 0)
        {
            sink.Write(AnswerEvent.Failed(new WireError(ErrorKind.Api, "The model made an output that Bedrock could not read.")
            {
                Status = 502,
                Type = finish.Raw,
                Origin = Protocol.BedrockConverse,
            }));
            return;
        }

        sink.Write(AnswerEvent.Finished(finish));
    }

    /// <summary>One member of a block or delta: their shapes differ only in where text, calls and reasoning keep their words.</summary>
    private void Content(int index, JsonSlice value)
    {
        var source = value.Bytes;
        var reader = value.Read();
        Step(ref reader);
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("text"u8)) Text(index, ref reader, source);
            else if (reader.ValueTextEquals("toolUse"u8)) ToolUse(index, ref reader, source);
            else if (reader.ValueTextEquals("reasoningContent"u8)) Reasoning(index, ref reader, source);
            else if (reader.ValueTextEquals("citation"u8))
            {
                reader.Read();
                var citation = ConverseCitations.Read(JsonSlice.From(ref reader, source));
                if (citation is not null) sink.Write(AnswerEvent.CitationAdded(Number(index, Kind.Text), citation));
            }
            else if (reader.ValueTextEquals("citationsContent"u8))
            {
                reader.Read();
                Cited(index, JsonSlice.From(ref reader, source));
            }
            else if (reader.ValueTextEquals("image"u8))
            {
                reader.Read();
                Image(index, JsonSlice.From(ref reader, source));
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    // Apart from Content, which runs for every delta and must not pay for the captures.
    private void Cited(int index, JsonSlice cited) => ConverseCitations.ReadContent(
        cited,
        text => sink.Write(AnswerEvent.TextDelta(Number(index, Kind.Text), text)),
        citation => sink.Write(AnswerEvent.CitationAdded(Number(index, Kind.Text), citation)));

    private void Text(int index, ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return;
        }

        var text = JsonText.From(ref reader, source);
        if (!text.IsEmpty && !IsIgnored(index)) sink.Write(AnswerEvent.TextDelta(Number(index, Kind.Text), text));
    }

    private void ToolUse(int index, ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        reader.Read();
        var use = JsonSlice.From(ref reader, source);
        if (!use.IsObject || IsIgnored(index)) return;
        JsonSlice input = default;
        var named = false;
        var inner = use.Read();
        inner.Read();
        while (inner.NextProperty())
        {
            named |= inner.ValueTextEquals("toolUseId"u8) || inner.ValueTextEquals("name"u8);
            var isInput = inner.ValueTextEquals("input"u8);
            inner.Read();
            if (isInput) input = JsonSlice.From(ref inner, use.Bytes);
            else inner.Skip();
        }

        if (named) Call(index, use);
        if (input.IsEmpty || input.IsNull || IsIgnored(index)) return;
        if (!_open.TryGetValue(index, out var open) || open.Kind is not (Kind.Tool or Kind.Answer)) open = (Number(index, Kind.Tool), Kind.Tool);
        var text = JsonText.FromUtf8(input.Bytes);
        if (input.IsString)
        {
            inner = input.Read();
            inner.Read();
            text = JsonText.From(ref inner, input.Bytes);
        }

        if (text.IsEmpty) return;
        sink.Write(open.Kind == Kind.Answer ? AnswerEvent.TextDelta(open.Number, text) : AnswerEvent.ToolArgumentsDelta(open.Number, text));
    }

    private void Reasoning(int index, ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("reasoningText"u8))
            {
                Reasoning(index, ref reader, source);
                continue;
            }

            var text = reader.ValueTextEquals("text"u8);
            var signature = reader.ValueTextEquals("signature"u8);
            var redacted = reader.ValueTextEquals("redactedContent"u8);
            reader.Read();
            if (reader.TokenType != JsonTokenType.String || !(text || signature || redacted))
            {
                reader.Skip();
                continue;
            }

            var value = JsonText.From(ref reader, source);
            if (value.IsEmpty) continue;
            if (text) sink.Write(AnswerEvent.ReasoningDelta(Number(index, Kind.Reasoning), value));
            else sink.Write(AnswerEvent.SignatureDelta(Number(index, redacted ? Kind.Redacted : Kind.Reasoning), value));
        }
    }

    private void Call(int index, JsonSlice use)
    {
        string id = "", name = "";
        var hosted = false;
        var reader = use.Read();
        Step(ref reader);
        while (reader.NextProperty())
        {
            var isId = reader.ValueTextEquals("toolUseId"u8);
            var isName = reader.ValueTextEquals("name"u8);
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isId) id = reader.StringOrNull() ?? "";
            else if (isName) name = reader.StringOrNull() ?? "";
            else if (isType) hosted = reader.StringOrNull() == "server_tool_use";
            else reader.Skip();
        }

        var number = _next++;
        if (hosted)
        {
            _open[index] = (number, Kind.Ignored);
            exchange.Losses.Drop("answer", "a call of one of Bedrock's own tools is not shown");
        }
        else if (_answerTool is not null && name == _answerTool)
        {
            _open[index] = (number, Kind.Answer);
        }
        else
        {
            _open[index] = (number, Kind.Tool);
            sink.Write(AnswerEvent.BlockStarted(number, new BlockStart { Kind = AnswerBlockKind.ToolCall, Id = id, Name = name }));
        }
    }

    private void Image(int index, JsonSlice image)
    {
        if (_open.TryGetValue(index, out var open) && open.Kind == Kind.Image) _images.Add(index, image);
        else if (ConverseImages.Whole(image) is { } block) sink.Write(AnswerEvent.BlockStarted(_next++, new BlockStart { Kind = AnswerBlockKind.Whole, Whole = block }));
    }

    private bool IsIgnored(int index) => _open.TryGetValue(index, out var open) && open.Kind == Kind.Ignored;

    private int Number(int index, Kind kind)
    {
        if (_open.TryGetValue(index, out var open) && open.Kind == kind) return open.Number;
        var number = _next++;
        _open[index] = (number, kind);
        if (kind == Kind.Redacted) sink.Write(AnswerEvent.BlockStarted(number, new BlockStart { Kind = AnswerBlockKind.Reasoning, IsRedacted = true }));
        else if (kind == Kind.Tool) sink.Write(AnswerEvent.BlockStarted(number, new BlockStart { Kind = AnswerBlockKind.ToolCall }));
        else sink.Write(AnswerEvent.BlockStarted(number, kind == Kind.Text ? BlockStart.Text : BlockStart.Reasoning));
        return number;
    }

    private void Close(int index)
    {
        if (!_open.Remove(index, out var open) || open.Kind == Kind.Ignored) return;
        if (open.Kind == Kind.Image)
        {
            if (_images.End(index) is not { } image) return;
            sink.Write(AnswerEvent.BlockStarted(open.Number, new BlockStart { Kind = AnswerBlockKind.Whole, Whole = image }));
        }

        sink.Write(AnswerEvent.BlockEnded(open.Number));
    }

    /// <summary>Onto the object's opening brace; any other shape reads as an empty one.</summary>
    private static void Step(ref Utf8TokenReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("An object was expected.");
    }
}
