using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <content>The texts of messages and of reasoning, part by part.</content>
internal sealed partial class ResponsesOutputItems
{
    private void EmitParts(ResponsesOutputItemState state, JsonSlice content)
    {
        if (content.IsString)
        {
            EmitOnce(state, PartKind.Text, 0, ResponsesItem.TextOf(content));
            return;
        }

        if (!content.IsArray) return;
        var reader = content.Read();
        reader.Read();
        for (var index = 0; reader.NextElement(); index++)
        {
            var part = JsonSlice.From(ref reader, content.Bytes);
            if (part.IsObject) EmitPart(state, index, part);
        }
    }

    private void EmitPart(ResponsesOutputItemState state, int index, JsonSlice raw)
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
        EmitOnce(state, kind.Value, index, text);
        if (kind == PartKind.Text) EmitAnnotations(state, index, annotations);
    }

    private void EmitAnnotations(ResponsesOutputItemState state, int index, JsonSlice annotations)
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

    private void EmitTexts(ResponsesOutputItemState state, JsonSlice texts, PartKind kind)
    {
        if (!texts.IsArray) return;
        var reader = texts.Read();
        reader.Read();
        for (var index = 0; reader.NextElement(); index++) EmitOnce(state, kind, index, ResponsesHosted.TextOf(JsonSlice.From(ref reader, texts.Bytes)));
    }

    private void EmitOnce(ResponsesOutputItemState state, PartKind kind, int index, JsonText text) => Emit(state, kind, index, text, whole: true);

    private void Emit(ResponsesOutputItemState state, PartKind kind, int index, JsonText text, bool whole = false)
    {
        if (state.Done || text.IsEmpty) return;
        var part = Part(state, kind, index);
        var isNew = !part.Emitted.Any;
        text = NotEmitted(ref part.Emitted, text, whole);
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

    private static bool IsNext(ResponsesOutputItemState state, PartState part)
    {
        foreach (var other in state.Parts)
        {
            if (other != part && other.Block == part.Block && other.Emitted.Any) return true;
        }

        return false;
    }

    private PartState Part(ResponsesOutputItemState state, PartKind kind, int index)
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
        sink.Write(AnswerEvent.BlockStarted(part.Block, new BlockStart
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
}
