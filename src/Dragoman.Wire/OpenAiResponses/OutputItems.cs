using System.Text.Json;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Wire.OpenAiResponses;

/// <summary>The output items of one answer as its events come: tells each word once, from whichever event brings it first.</summary>
internal sealed class OutputItems(IAnswerSink sink)
{
    private readonly List<OutputItemState> _items = [];
    private OutputItemState? _last;
    private readonly System.Buffers.ArrayBufferWriter<byte> _scratch = new();
    private int _blocks;

    /// <summary>A piece of text.</summary>
    public void TextDelta(in ResponsesFrame frame, PartKind kind)
    {
        if (!frame.Delta.IsEmpty) Tell(ItemOf(frame), kind, frame.PartIndex, frame.Delta);
    }

    /// <summary>A text is whole.</summary>
    public void TextDone(in ResponsesFrame frame, PartKind kind) => TellOnce(ItemOf(frame), kind, frame.PartIndex, frame.Text);

    /// <summary>A content part is whole.</summary>
    public void PartDone(in ResponsesFrame frame)
    {
        if (!frame.Part.IsEmpty) TellPart(ItemOf(frame), frame.PartIndex, frame.Part);
    }

    /// <summary>A source of a text.</summary>
    public void Annotation(in ResponsesFrame frame)
    {
        if (frame.Annotation.IsEmpty) return;
        var part = Part(ItemOf(frame), PartKind.Text, frame.PartIndex);
        part.Annotations++;
        sink.Write(AnswerEvent.CitationAdded(part.Block, ResponsesPartReader.ReadAnnotation(frame.Annotation)));
    }

    /// <summary>An item begins.</summary>
    public void Added(in ResponsesFrame frame)
    {
        if (frame.Item.IsEmpty) return;
        var item = ResponsesItem.From(frame.Item);
        var state = ItemFor(frame.OutputIndex, item);
        if (state.Done) return;
        Learn(state, item);
        if (item.Type is "function_call" or "custom_tool_call" && item.Name is { Length: > 0 }) OpenCall(state, item);
    }

    /// <summary>Arguments, or a custom tool's text: a piece, or the whole.</summary>
    public void Arguments(in ResponsesFrame frame, JsonText text, bool whole)
    {
        var state = ItemOf(frame);
        // Before the item is known there is no name to open the call with; its closing event brings the whole.
        if (state.Block < 0 || state.Done) return;
        TellArguments(state, text, whole);
    }

    /// <summary>An item is whole.</summary>
    public void Done(in ResponsesFrame frame)
    {
        if (frame.Item.IsEmpty) return;
        var item = ResponsesItem.From(frame.Item);
        Finish(ItemFor(frame.OutputIndex, item), item);
    }

    /// <summary>The final response's output: items that no event closed are told from here.</summary>
    public void ReadFinal(JsonSlice output)
    {
        var reader = output.Read();
        reader.Read();
        for (var index = 0; reader.NextElement(); index++)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            var item = ResponsesItem.From(JsonSlice.From(ref reader, output.Bytes));
            Finish(Match(index, item) ?? Add(-1, item), item);
        }
    }

    /// <summary>Closes what is still open.</summary>
    public void EndAll()
    {
        foreach (var item in _items) End(item);
    }

    private void Finish(OutputItemState state, in ResponsesItem item)
    {
        if (state.Done) return;
        Learn(state, item);
        switch (item.Type)
        {
            case "message":
                TellParts(state, item.Content);
                break;
            case "reasoning":
                FinishReasoning(state, item);
                break;
            case "function_call":
            case "custom_tool_call":
                FinishCall(state, item, item.Type == "custom_tool_call" ? item.Input : item.Arguments);
                break;
            case "local_shell_call":
            case "shell_call":
                FinishCall(state, item with { Name = item.Type == "shell_call" ? "shell" : "local_shell" }, JsonText.FromUtf8(item.Action.Bytes));
                break;
            case "apply_patch_call":
                FinishCall(state, item with { Name = "apply_patch" }, JsonText.FromUtf8(item.Operation.Bytes));
                break;
            case "image_generation_call" when !item.Result.IsEmpty:
                Whole(ResponsesHosted.Image(item, detach: true));
                break;
            case "web_search_call":
                Search(item);
                break;
            case "":
                break;
            default:
                Whole(new OpaqueBlock(Language.OpenAiResponses, item.Type, item.Raw.Detach()));
                break;
        }

        End(state);
    }

    private void FinishReasoning(OutputItemState state, in ResponsesItem item)
    {
        TellTexts(state, item.Summary, PartKind.Summary);
        if (item.Content.IsArray) TellTexts(state, item.Content, PartKind.Reasoning);
        if (item.EncryptedContent.IsEmpty) return;
        var block = state.Parts.Count > 0 ? state.Parts[^1].Block : Part(state, PartKind.Summary, 0).Block;
        sink.Write(AnswerEvent.SignatureDelta(block, item.EncryptedContent));
    }

    private void FinishCall(OutputItemState state, in ResponsesItem item, JsonText text)
    {
        if (state.Block < 0) OpenCall(state, item);
        TellArguments(state, text, whole: true);
    }

    private void TellArguments(OutputItemState state, JsonText text, bool whole)
    {
        text = Untold(ref state.Told, text, whole);
        if (!text.IsEmpty) sink.Write(AnswerEvent.ToolArgumentsDelta(state.Block, text));
    }

    /// <summary>What of a text was not told yet, and now counts as told.</summary>
    private JsonText Untold(ref ToldText told, JsonText text, bool whole)
    {
        if (text.IsEmpty) return default;
        _scratch.ResetWrittenCount();
        text.AppendEscaped(_scratch);
        if (!whole || !told.Any)
        {
            told.Add(_scratch.WrittenSpan);
            return text;
        }

        var from = told.ToldOf(_scratch.WrittenSpan);
        told.Add(_scratch.WrittenSpan[from..]);
        return JsonText.FromEscaped(_scratch.WrittenMemory[from..]);
    }

    private void OpenCall(OutputItemState state, in ResponsesItem item)
    {
        if (state.Block >= 0) return;
        state.Block = _blocks++;
        sink.Write(AnswerEvent.BlockStarted(state.Block, new BlockOpening
        {
            Kind = AnswerBlockKind.ToolCall,
            Id = item.CallId ?? item.Id ?? "",
            Name = item.FlatName,
            IsCustom = item.Type == "custom_tool_call",
        }));
    }

    private void Search(in ResponsesItem item)
    {
        var id = item.Id ?? $"ws_{_blocks}";
        Whole(new HostedToolCallBlock(id, HostedTools.WebSearch, ResponsesHosted.Query(item.Action))
        {
            Origin = Language.OpenAiResponses,
            Raw = item.Raw.Detach(),
        });
        Whole(new HostedToolResultBlock(id, HostedTools.WebSearch) { Origin = Language.OpenAiResponses, Sources = ResponsesHosted.Sources(item.Action) });
    }

    private void Whole(Block block)
    {
        var number = _blocks++;
        sink.Write(AnswerEvent.BlockStarted(number, new BlockOpening { Kind = AnswerBlockKind.Whole, Whole = block }));
        sink.Write(AnswerEvent.BlockEnded(number));
    }

    private void TellParts(OutputItemState state, JsonSlice content)
    {
        if (content.IsString)
        {
            TellOnce(state, PartKind.Text, 0, ResponsesItem.TextOf(content));
            return;
        }

        if (!content.IsArray) return;
        var reader = content.Read();
        reader.Read();
        for (var index = 0; reader.NextElement(); index++)
        {
            var part = JsonSlice.From(ref reader, content.Bytes);
            if (part.IsObject) TellPart(state, index, part);
        }
    }

    private void TellPart(OutputItemState state, int index, JsonSlice raw)
    {
        string? type = null;
        JsonText text = default;
        JsonSlice annotations = default;
        var reader = raw.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var name = reader.GetString();
            reader.Read();
            if (name == "type") type = reader.StringOrNull();
            else if (name is "text" or "refusal" && reader.TokenType == JsonTokenType.String) text = JsonText.From(ref reader, raw.Bytes);
            else if (name == "annotations") annotations = JsonSlice.From(ref reader, raw.Bytes);
            else reader.Skip();
        }

        var kind = type switch
        {
            "output_text" or "text" => PartKind.Text,
            "refusal" => PartKind.Refusal,
            "reasoning_text" => PartKind.Reasoning,
            "summary_text" => PartKind.Summary,
            _ => (PartKind?)null,
        };
        if (kind is null) return;
        TellOnce(state, kind.Value, index, text);
        if (kind == PartKind.Text) TellAnnotations(state, index, annotations);
    }

    private void TellAnnotations(OutputItemState state, int index, JsonSlice annotations)
    {
        if (!ResponsesItem.HasElements(annotations)) return;
        var part = Part(state, PartKind.Text, index);
        var reader = annotations.Read();
        reader.Read();
        for (var number = 0; reader.NextElement(); number++)
        {
            var annotation = JsonSlice.From(ref reader, annotations.Bytes);
            if (number < part.Annotations || !annotation.IsObject) continue;
            part.Annotations++;
            sink.Write(AnswerEvent.CitationAdded(part.Block, ResponsesPartReader.ReadAnnotation(annotation)));
        }
    }

    private void TellTexts(OutputItemState state, JsonSlice texts, PartKind kind)
    {
        if (!texts.IsArray) return;
        var reader = texts.Read();
        reader.Read();
        for (var index = 0; reader.NextElement(); index++) TellOnce(state, kind, index, ResponsesHosted.TextOf(JsonSlice.From(ref reader, texts.Bytes)));
    }

    private void TellOnce(OutputItemState state, PartKind kind, int index, JsonText text) => Tell(state, kind, index, text, whole: true);

    private void Tell(OutputItemState state, PartKind kind, int index, JsonText text, bool whole = false)
    {
        if (state.Done || text.IsEmpty) return;
        var part = Part(state, kind, index);
        var isNew = !part.Told.Any;
        text = Untold(ref part.Told, text, whole);
        if (text.IsEmpty) return;
        if (kind is PartKind.Text or PartKind.Refusal)
        {
            sink.Write(AnswerEvent.TextDelta(part.Block, text));
            return;
        }

        // The parts of a summary are paragraphs of one text.
        if (isNew && IsNext(state, part)) sink.Write(AnswerEvent.ReasoningDelta(part.Block, JsonText.From("\n\n")));
        sink.Write(AnswerEvent.ReasoningDelta(part.Block, text));
    }

    private static bool IsNext(OutputItemState state, PartState part)
    {
        foreach (var other in state.Parts)
        {
            if (other != part && other.Block == part.Block && other.Told.Any) return true;
        }

        return false;
    }

    private PartState Part(OutputItemState state, PartKind kind, int index)
    {
        index = Math.Max(index, 0);
        if (state.Find(kind, index) is { } known) return known;
        // All parts of a summary share one block; so do all parts of the reasoning itself.
        if (kind is PartKind.Summary or PartKind.Reasoning)
        {
            foreach (var other in state.Parts)
            {
                if (other.Kind != kind) continue;
                var shared = new PartState(kind, index, other.Block);
                state.Parts.Add(shared);
                return shared;
            }
        }

        var part = new PartState(kind, index, _blocks++);
        state.Parts.Add(part);
        sink.Write(AnswerEvent.BlockStarted(part.Block, new BlockOpening
        {
            Kind = kind switch
            {
                PartKind.Text => AnswerBlockKind.Text,
                PartKind.Refusal => AnswerBlockKind.Refusal,
                _ => AnswerBlockKind.Reasoning,
            },
            Id = state.Id ?? "",
            IsSummary = kind == PartKind.Summary,
            Phase = state.Phase,
        }));
        return part;
    }

    private void End(OutputItemState state)
    {
        if (state.Done) return;
        state.Done = true;
        if (state.Block >= 0) sink.Write(AnswerEvent.BlockEnded(state.Block));
        var last = -1;
        foreach (var part in state.Parts)
        {
            if (part.Block == last) continue;
            last = part.Block;
            sink.Write(AnswerEvent.BlockEnded(last));
        }
    }

    private static void Learn(OutputItemState state, in ResponsesItem item)
    {
        if (item.Type.Length > 0) state.Type = item.Type;
        state.Id ??= item.Id;
        state.CallId ??= item.CallId;
        state.Phase ??= item.Phase;
    }

    /// <summary>The item of a delta. The index is trusted before the id: some servers spell the id anew in every event.</summary>
    private OutputItemState ItemOf(in ResponsesFrame frame)
    {
        if (frame.OutputIndex >= 0)
        {
            if (_last is { } last && last.OutputIndex == frame.OutputIndex) return last;
            foreach (var item in _items)
            {
                if (item.OutputIndex == frame.OutputIndex) return _last = item;
            }
        }
        else
        {
            foreach (var item in _items)
            {
                if (item.Id is not null && frame.ItemId.Equals(System.Text.Encoding.UTF8.GetBytes(item.Id))) return _last = item;
            }

            if (_last is { Done: false } open && (frame.ItemId.IsEmpty || open.Id is null)) return open;
        }

        var added = new OutputItemState(frame.OutputIndex, "", frame.ItemId.IsEmpty ? null : frame.ItemId.ToString());
        _items.Add(added);
        return _last = added;
    }

    private OutputItemState ItemFor(int outputIndex, in ResponsesItem item)
    {
        foreach (var known in _items)
        {
            if (outputIndex >= 0 ? known.OutputIndex == outputIndex : Same(known, item)) return _last = known;
        }

        return _last = Add(outputIndex, item);
    }

    private OutputItemState Add(int outputIndex, in ResponsesItem item)
    {
        var added = new OutputItemState(outputIndex, item.Type, item.Id) { CallId = item.CallId, Phase = item.Phase };
        _items.Add(added);
        return added;
    }

    /// <summary>The item that an item of the final output is: by its ids, else by its place when the type agrees.</summary>
    private OutputItemState? Match(int index, in ResponsesItem item)
    {
        foreach (var known in _items)
        {
            if (Same(known, item)) return known;
        }

        foreach (var known in _items)
        {
            if (known.OutputIndex == index && (known.Type == item.Type || known.Type.Length == 0)) return known;
        }

        return null;
    }

    private static bool Same(OutputItemState known, in ResponsesItem item)
        => (item.Id is { Length: > 0 } && item.Id == known.Id) || (item.CallId is { Length: > 0 } && item.CallId == known.CallId && item.Type == known.Type);
}
