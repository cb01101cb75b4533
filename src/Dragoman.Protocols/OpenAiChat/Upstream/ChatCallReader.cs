using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>
/// Reads tool calls in pieces. Servers differ: whole calls in one chunk (xAI), empty ids and repeated names in later pieces (Qwen), no
/// index at all, the same index for every whole call (Gemini, Ollama), arguments as an object.
/// </summary>
internal sealed class ChatCallReader(ChatBlockNumbers blocks, IAnswerSink sink)
{
    private const int Legacy = -1;
    private readonly List<Call> _calls = [];

    public void Read(JsonSlice calls)
    {
        var reader = calls.Read();
        reader.Read();
        while (reader.NextElement())
        {
            if (reader.TokenType == JsonTokenType.StartObject) Piece(ref reader, calls.Bytes);
            else reader.Skip();
        }
    }

    public void ReadLegacy(JsonSlice call)
    {
        var reader = call.Read();
        reader.Read();
        var piece = new Parts { Index = Legacy };
        piece.Function(ref reader, call.Bytes);
        Take(piece);
    }

    /// <summary>Tells calls that waited for an id and never got one, and closes all.</summary>
    public void Close()
    {
        foreach (var call in _calls)
        {
            Open(call);
            if (call.Block >= 0) sink.Write(AnswerEvent.BlockEnded(call.Block));
        }

        _calls.Clear();
    }

    private void Piece(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        var piece = default(Parts);
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                piece.Index = reader.Int32OrNull();
            }
            else if (reader.ValueTextEquals("id"u8)) piece.Id = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                piece.IsCustom |= reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("custom"u8);
                if (reader.TokenType != JsonTokenType.String) reader.Skip();
            }
            else if (reader.ValueTextEquals("function"u8) || reader.ValueTextEquals("custom"u8))
            {
                piece.IsCustom |= reader.ValueTextEquals("custom"u8);
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject) piece.Function(ref reader, source);
                else reader.Skip();
            }
            else if (reader.ValueTextEquals("extra_content"u8)) piece.Signature = ChatExtraContent.Signature(ChatJson.Value(ref reader, source));
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        Take(piece);
    }

    private void Take(in Parts piece)
    {
        var call = Find(piece);
        if (call is null)
        {
            call = new Call { Index = piece.Index };
            _calls.Add(call);
        }

        if (call.Block < 0)
        {
            if (!string.IsNullOrEmpty(piece.Id)) call.Id = piece.Id;
            if (!string.IsNullOrEmpty(piece.Name)) call.Name = piece.Name;
            call.IsCustom |= piece.IsCustom;
            if (!piece.Signature.IsEmpty) call.Signature = piece.Signature.Detach();
        }

        if (!piece.Arguments.IsEmpty) call.Progress.Add(piece.Arguments.ToUtf8().Span);
        // A call opens once its name is known; its id is waited for only as long as nothing else comes.
        if (call.Block < 0 && call.Name.Length > 0 && (call.Id.Length > 0 || !piece.Arguments.IsEmpty)) Open(call);
        if (piece.Arguments.IsEmpty) return;
        if (call.Block >= 0) sink.Write(AnswerEvent.ToolArgumentsDelta(call.Block, piece.Arguments));
        else call.Held.Add(piece.Arguments.Detach());
    }

    private Call? Find(in Parts piece)
    {
        if (piece.Index is null)
        {
            // Without a number the id tells; without an id a name with new arguments begins a call, anything else goes on.
            if (!string.IsNullOrEmpty(piece.Id))
            {
                foreach (var known in _calls)
                {
                    if (known.Id == piece.Id) return known;
                }

                return null;
            }

            var last = _calls.Count > 0 ? _calls[^1] : null;
            return last is not null && (string.IsNullOrEmpty(piece.Name) || !last.Progress.IsComplete) ? last : null;
        }

        for (var i = _calls.Count - 1; i >= 0; i--)
        {
            var call = _calls[i];
            if (call.Index != piece.Index) continue;
            var otherId = !string.IsNullOrEmpty(piece.Id) && call.Id.Length > 0 && piece.Id != call.Id;
            var named = !string.IsNullOrEmpty(piece.Name);
            if (otherId && named) return null;
            // The same number, a complete call behind it, and a name with arguments: another whole call.
            return named && call.Progress.IsComplete && !piece.Arguments.IsEmpty && string.IsNullOrEmpty(piece.Id) ? null : call;
        }

        return null;
    }

    private void Open(Call call)
    {
        if (call.Block >= 0 || call.Name.Length == 0) return;
        call.Block = blocks.OpenCall(new BlockStart
        {
            Kind = AnswerBlockKind.ToolCall,
            Id = call.Id,
            Name = call.Name,
            IsCustom = call.IsCustom,
            PartSignature = call.Signature,
        });
        foreach (var held in call.Held) sink.Write(AnswerEvent.ToolArgumentsDelta(call.Block, held));
        call.Held.Clear();
    }

    private struct Parts
    {
        public int? Index;
        public string? Id;
        public string? Name;
        public bool IsCustom;
        public JsonText Arguments;
        public JsonText Signature;

        public void Function(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
        {
            while (reader.NextProperty())
            {
                if (reader.ValueTextEquals("name"u8)) Name = ChatJson.String(ref reader);
                else if (reader.ValueTextEquals("arguments"u8) || reader.ValueTextEquals("input"u8))
                {
                    var value = ChatJson.Value(ref reader, source);
                    Arguments = value.IsNull ? default : value.IsString ? ChatJson.TextOf(value) : JsonText.FromUtf8(value.Bytes);
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
        }
    }

    private sealed class Call
    {
        public int? Index;
        public string Id = "";
        public string Name = "";
        public bool IsCustom;
        public JsonText Signature;
        public int Block = -1;
        public JsonProgress Progress;
        public List<JsonText> Held { get; } = [];
    }
}
