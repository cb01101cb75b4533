using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>
/// Reads what a delta (or a whole message, which is one big delta) says, and tells it in the order reasoning, text, refusal, tool calls
/// whatever the order of the members.
/// </summary>
internal sealed class ChatDeltaReader
{
    private readonly TranslationContext _exchange;
    private readonly IAnswerSink _sink;
    private readonly ChatBlockNumbers _blocks;
    private readonly ChatCallReader _calls;
    private readonly ChatReasoningReader _reasoning;
    private readonly ChatThinkTags? _tags;
    private bool _soundLost;

    public ChatDeltaReader(TranslationContext exchange, IAnswerSink sink)
    {
        _exchange = exchange;
        _sink = sink;
        _blocks = new ChatBlockNumbers(sink);
        _calls = new ChatCallReader(_blocks, sink);
        _reasoning = new ChatReasoningReader(_blocks, sink);
        if (new ChatDialect(exchange.Model).TagsThinking) _tags = new ChatThinkTags(_reasoning.Plain, Say);
    }

    /// <summary>Whether anything was reported.</summary>
    public bool HasContent => _blocks.Any;

    /// <summary>Whether there is text that sources can stand with.</summary>
    public bool HasText => _blocks.LastText >= 0;

    /// <summary>Whether the model refused.</summary>
    public bool Refused { get; private set; }

    public void Read(JsonSlice delta)
    {
        var source = delta.Bytes;
        var content = default(JsonSlice);
        var refusal = default(JsonText);
        var calls = default(JsonSlice);
        var legacy = default(JsonSlice);
        var annotations = default(JsonSlice);
        var images = default(JsonSlice);
        var audio = default(JsonSlice);
        var details = default(JsonSlice);
        var plain = default(JsonText);
        var signature = default(JsonText);
        var reader = delta.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("content"u8)) content = ChatJson.Value(ref reader, source);
            else if (reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("reasoning"u8))
            {
                var text = ChatJson.Text(ref reader, source);
                // Some servers say both names with the same words.
                if (plain.IsEmpty) plain = text;
            }
            else if (reader.ValueTextEquals("reasoning_details"u8)) details = ChatJson.Value(ref reader, source);
            else if (reader.ValueTextEquals("refusal"u8)) refusal = ChatJson.Text(ref reader, source);
            else if (reader.ValueTextEquals("tool_calls"u8)) calls = ChatJson.Value(ref reader, source);
            else if (reader.ValueTextEquals("function_call"u8)) legacy = ChatJson.Value(ref reader, source);
            else if (reader.ValueTextEquals("annotations"u8)) annotations = ChatJson.Value(ref reader, source);
            else if (reader.ValueTextEquals("images"u8)) images = ChatJson.Value(ref reader, source);
            else if (reader.ValueTextEquals("audio"u8)) audio = ChatJson.Value(ref reader, source);
            else if (reader.ValueTextEquals("extra_content"u8)) signature = ChatExtraContent.Signature(ChatJson.Value(ref reader, source));
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        _reasoning.Read(details, plain);
        Content(content, signature);
        // Servers send empty lists beside the first text: those say nothing.
        if (!refusal.IsEmpty || legacy.IsObject || ContainsText(images) || ContainsText(annotations) || ContainsText(calls)) _tags?.Flush();
        if (!refusal.IsEmpty) Refusal(refusal);
        if (images.IsArray) Images(images);
        if (audio.IsObject) Audio(audio);
        if (annotations.IsArray) Annotations(annotations);
        if (calls.IsArray) _calls.Read(calls);
        if (legacy.IsObject) _calls.ReadLegacy(legacy);
    }

    /// <summary>Tells what is still held back and closes what is open.</summary>
    public void Close()
    {
        _tags?.Flush();
        _calls.Close();
        _blocks.Close();
    }

    /// <summary>Tells a source of the last text.</summary>
    public void Cite(Citation citation)
    {
        var block = _blocks.LastText;
        if (block < 0)
        {
            block = _blocks.Open(BlockStart.Text);
        }

        _sink.Write(AnswerEvent.CitationAdded(block, citation));
    }

    private static bool ContainsText(JsonSlice list)
    {
        if (!list.IsArray) return false;
        var reader = list.Read();
        reader.Read();
        return reader.NextElement();
    }

    private void Content(JsonSlice content, JsonText signature)
    {
        if (content.IsString) Text(ChatJson.TextOf(content), signature);
        else if (content.IsArray) Parts(content);
        else if (!signature.IsEmpty) Text(default, signature);
    }

    private void Text(JsonText text, JsonText signature)
    {
        if (!signature.IsEmpty)
        {
            // A token on the text is a block of its own: it opens with it and may be empty of words.
            _blocks.Close();
            var block = _blocks.Open(new BlockStart { Kind = AnswerBlockKind.Text, PartSignature = signature.Detach() });
            if (!text.IsEmpty) _sink.Write(AnswerEvent.TextDelta(block, text));
            return;
        }

        if (text.IsEmpty) return;
        if (_tags is { IsOver: false }) _tags.Take(text, first: !_blocks.Any);
        else Say(text);
    }

    private void Say(JsonText text) => _sink.Write(AnswerEvent.TextDelta(_blocks.Continue(BlockStart.Text), text));

    private void Refusal(JsonText refusal)
    {
        Refused = true;
        _sink.Write(AnswerEvent.TextDelta(_blocks.Continue(BlockStart.Refusal), refusal));
    }

    /// <summary>Mistral's content is a list of text and thinking parts.</summary>
    private void Parts(JsonSlice content)
    {
        var reader = content.Read();
        reader.Read();
        while (Next(ref reader, content, out var part))
        {
            if (part.Type is "thinking" or "reasoning")
            {
                _reasoning.Plain(part.Type == "thinking" ? part.ThinkingText() : part.Text);
                if (!part.Signature.IsEmpty) _reasoning.Sign(part.Signature);
            }
            else if (part.Type == "refusal") Refusal(part.Text);
            else if (part.HasText) Text(part.Text, default);
            else if (part.Type == "image_url") Image(ref part);
            else _exchange.Losses.Drop("answer.content", $"a part of type {part.Type} is not translated");
        }
    }

    private void Images(JsonSlice images)
    {
        var reader = images.Read();
        reader.Read();
        while (Next(ref reader, images, out var part))
        {
            Image(ref part);
        }
    }

    /// <summary>The next part of a list; what is no object is passed over.</summary>
    private static bool Next(ref Utf8TokenReader reader, JsonSlice list, out ChatPart part)
    {
        part = default;
        while (reader.NextElement())
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                part.Read(ref reader, list.Bytes);
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private void Image(ref ChatPart part)
    {
        if (part.Media.IsEmpty) return;
        var media = ChatMedia.Source(ref part, "answer.images", "image");
        _blocks.Whole(new ImageBlock(new MediaSource { MediaType = media.MediaType, Base64 = media.Base64.Detach(), Url = media.Url, FileId = media.FileId }));
    }

    private void Audio(JsonSlice audio)
    {
        var reader = audio.Read();
        reader.Read();
        var data = default(JsonText);
        var transcript = default(JsonText);
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("data"u8)) data = ChatJson.Text(ref reader, audio.Bytes);
            else if (reader.ValueTextEquals("transcript"u8)) transcript = ChatJson.Text(ref reader, audio.Bytes);
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (!transcript.IsEmpty) Text(transcript, default);
        if (data.IsEmpty) return;
        if (_exchange.Request.Stream)
        {
            // Pieces of sound are no sound; the words come as text.
            if (!_soundLost) _exchange.Losses.Drop("answer.audio", "streamed sound is not translated; its transcript is the text");
            _soundLost = true;
            return;
        }

        _blocks.Whole(new AudioBlock(new MediaSource { MediaType = "audio/wav", Base64 = data.Detach() }));
    }

    private void Annotations(JsonSlice annotations)
    {
        var reader = annotations.Read();
        reader.Read();
        while (reader.NextElement())
        {
            var raw = JsonSlice.From(ref reader, annotations.Bytes);
            if (ChatAnnotations.Read(raw) is { } citation) Cite(citation);
        }
    }
}
