using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <summary>The output items of one answer as its events come: tells each word once, from whichever event brings it first.</summary>
internal sealed partial class ResponsesOutputItems(IAnswerSink sink)
{
    private readonly List<ResponsesOutputItemState> _items = [];
    private ResponsesOutputItemState? _last;
    private readonly System.Buffers.ArrayBufferWriter<byte> _scratch = new();
    private int _blocks;

    /// <summary>A piece of text.</summary>
    public void TextDelta(in ResponsesFrame frame, PartKind kind)
    {
        if (!frame.Delta.IsEmpty) Emit(ItemOf(frame), kind, frame.PartIndex, frame.Delta);
    }

    /// <summary>A text is whole.</summary>
    public void TextDone(in ResponsesFrame frame, PartKind kind) => EmitOnce(ItemOf(frame), kind, frame.PartIndex, frame.Text);

    /// <summary>A content part is whole.</summary>
    public void PartDone(in ResponsesFrame frame)
    {
        if (!frame.Part.IsEmpty) EmitPart(ItemOf(frame), frame.PartIndex, frame.Part);
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
        Update(state, item);
        if (item.Type is "function_call" or "custom_tool_call" && item.Name is { Length: > 0 }) OpenCall(state, item);
    }

    /// <summary>Arguments, or a custom tool's text: a piece, or the whole.</summary>
    public void Arguments(in ResponsesFrame frame, JsonText text, bool whole)
    {
        var state = ItemOf(frame);
        // Before the item is known there is no name to open the call with; its closing event brings the whole.
        if (state.Block < 0 || state.Done) return;
        EmitArguments(state, text, whole);
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

    private void Finish(ResponsesOutputItemState state, in ResponsesItem item)
    {
        if (state.Done) return;
        Update(state, item);
        switch (item.Type)
        {
            case "message":
                EmitParts(state, item.Content);
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
            case "tool_search_call" when item.CallId is { Length: > 0 }:
                FinishCall(state, item with { Name = HostedTools.ToolSearch }, item.ArgumentsValue.IsString ? item.Arguments : JsonText.FromUtf8(item.ArgumentsValue.Bytes));
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
                Whole(new OpaqueBlock(Protocol.OpenAiResponses, item.Type, item.Raw.Detach()));
                break;
        }

        End(state);
    }

    private void FinishReasoning(ResponsesOutputItemState state, in ResponsesItem item)
    {
        EmitTexts(state, item.Summary, PartKind.Summary);
        if (item.Content.IsArray) EmitTexts(state, item.Content, PartKind.Reasoning);
        if (item.EncryptedContent.IsEmpty) return;
        var block = state.Parts.Count > 0 ? state.Parts[^1].Block : Part(state, PartKind.Summary, 0).Block;
        sink.Write(AnswerEvent.SignatureDelta(block, item.EncryptedContent));
    }

    private void FinishCall(ResponsesOutputItemState state, in ResponsesItem item, JsonText text)
    {
        if (state.Block < 0) OpenCall(state, item);
        EmitArguments(state, text, whole: true);
    }

    private void EmitArguments(ResponsesOutputItemState state, JsonText text, bool whole)
    {
        text = NotEmitted(ref state.Emitted, text, whole);
        if (!text.IsEmpty) sink.Write(AnswerEvent.ToolArgumentsDelta(state.Block, text));
    }

    /// <summary>What of a text was not told yet, and now counts as told.</summary>
    private JsonText NotEmitted(ref ResponsesEmittedText emitted, JsonText text, bool whole)
    {
        if (text.IsEmpty) return default;
        _scratch.ResetWrittenCount();
        text.AppendEscaped(_scratch);
        if (!whole || !emitted.Any)
        {
            emitted.Add(_scratch.WrittenSpan);
            return text;
        }

        var from = emitted.EmittedLength(_scratch.WrittenSpan);
        emitted.Add(_scratch.WrittenSpan[from..]);
        return JsonText.FromEscaped(_scratch.WrittenMemory[from..]);
    }

    private void OpenCall(ResponsesOutputItemState state, in ResponsesItem item)
    {
        if (state.Block >= 0) return;
        state.Block = _blocks++;
        sink.Write(AnswerEvent.BlockStarted(state.Block, new BlockStart
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
            Origin = Protocol.OpenAiResponses,
            Raw = item.Raw.Detach(),
        });
        Whole(new HostedToolResultBlock(id, HostedTools.WebSearch) { Origin = Protocol.OpenAiResponses, Sources = ResponsesHosted.Sources(item.Action) });
    }

    private void Whole(Block block)
    {
        var number = _blocks++;
        sink.Write(AnswerEvent.BlockStarted(number, new BlockStart { Kind = AnswerBlockKind.Whole, Whole = block }));
        sink.Write(AnswerEvent.BlockEnded(number));
    }

    private void End(ResponsesOutputItemState state)
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
}
