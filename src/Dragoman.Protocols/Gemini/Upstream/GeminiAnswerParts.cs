using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Upstream;

/// <summary>Turns the parts of an answer into blocks and deltas.</summary>
internal sealed class GeminiAnswerParts
{
    private readonly IAnswerSink _sink;
    private readonly string? _answerFunction;
    private AnswerBlockKind? _open;
    private int _block = -1;
    private int _code;
    private bool _searchKnown;
    private bool _callEmitted;
    private bool _resultEmitted;
    private GeminiPartialArguments? _partial;
    private bool _goesOn;

    public GeminiAnswerParts(TranslationContext exchange, IAnswerSink sink)
    {
        _sink = sink;
        _answerFunction = GeminiAnswerFormat.FunctionName(exchange);
        Grounding = new(exchange.Request.Tools.Exists(tool => tool.Kind == ToolKind.Hosted));
    }

    public GeminiGrounding Grounding { get; }

    public bool HasUsage { get; set; }

    public long? Searches => Grounding.Queries.Count > 0 ? Grounding.Queries.Count : null;

    /// <summary>Reads the part the reader stands on.</summary>
    public void Read(ref Utf8TokenReader reader, ReadOnlyMemory<byte> data)
    {
        var start = (int)reader.TokenStartIndex;
        JsonText? text = null;
        JsonText signature = default;
        var thought = false;
        Block? media = null;
        JsonSlice call = default;
        JsonSlice code = default;
        JsonSlice outcome = default;
        string? unknown = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                text = reader.TextOrEmpty(data);
            }
            else if (reader.ValueTextEquals("thought"u8))
            {
                reader.Read();
                thought = reader.BooleanOrNull() ?? false;
            }
            else if (reader.Is("thoughtSignature"u8))
            {
                reader.Read();
                signature = reader.TextOrEmpty(data);
            }
            else if (reader.Is("functionCall"u8))
            {
                reader.Read();
                call = JsonSlice.From(ref reader, data);
            }
            else if (reader.Is("inlineData"u8) || reader.Is("fileData"u8))
            {
                reader.Read();
                media = GeminiMedia.Read(ref reader, data, detach: true);
            }
            else if (reader.Is("executableCode"u8))
            {
                reader.Read();
                code = JsonSlice.From(ref reader, data);
            }
            else if (reader.Is("codeExecutionResult"u8))
            {
                reader.Read();
                outcome = JsonSlice.From(ref reader, data);
            }
            else
            {
                unknown ??= reader.GetString();
                reader.Read();
                reader.Skip();
            }
        }

        var raw = new JsonSlice(data[start..(int)reader.BytesConsumed]);
        if (call.IsObject) Call(call, signature);
        else if (!code.IsEmpty)
        {
            Whole(new HostedToolCallBlock($"code_{++_code}", HostedTools.CodeExecution, code.Detach()) { Origin = Protocol.Gemini, Raw = raw.Detach() }, signature);
        }
        else if (!outcome.IsEmpty)
        {
            Whole(new HostedToolResultBlock($"code_{_code}", HostedTools.CodeExecution) { Origin = Protocol.Gemini, Raw = raw.Detach() }, signature);
        }
        else if (media is not null) Whole(media, signature);
        else if (text is { } words) Say(words, thought, signature);
        else if (unknown is not null) Whole(new OpaqueBlock(Protocol.Gemini, unknown, raw.Detach()), default);
        else if (!signature.IsEmpty) Say(default, thought, signature);
    }

    /// <summary>Tells the sources that belong to the text that is open.</summary>
    public void Cite()
    {
        if (_open != AnswerBlockKind.Text) return;
        foreach (var citation in Grounding.TakeCitations()) _sink.Write(AnswerEvent.CitationAdded(_block, citation));
    }

    /// <summary>The answer is over: closes what is open and tells of the search that was done.</summary>
    public void Finish()
    {
        Cite();
        Close();
        EmitSearch(over: true);
        Grounding.Done();
    }

    /// <summary>A search is reported in the chunk that begins: it stands before the next words, unless words are under way.</summary>
    public void Expect(JsonSlice metadata)
    {
        Grounding.Read(metadata, withPlaces: false);
        _searchKnown = true;
    }

    /// <summary>
    /// Tells the search as soon as its queries are known, and its result with the first pages, or at the end. Words that are under way are not cut in
    /// two: what is reported behind all words (as Gemini mostly does when it streams) stands behind them, and the words' citations stand on the words.
    /// </summary>
    private void EmitSearch(bool over)
    {
        if (!_callEmitted && Grounding.SearchCall() is { } call)
        {
            _callEmitted = true;
            Whole(call, default);
        }

        if (!_callEmitted || _resultEmitted || !(over || Grounding.HasPages)) return;
        _resultEmitted = true;
        Whole(Grounding.SearchResult(), default);
    }

    private void Say(JsonText words, bool thought, JsonText signature)
    {
        if (words.IsEmpty)
        {
            if (signature.IsEmpty) return;
            // A signature alone belongs to the reasoning before it; where none is open it makes a block of its own, which clients of
            // other protocols keep as reasoning without words.
            Continue(AnswerBlockKind.Reasoning, BlockStart.Reasoning);
            _sink.Write(AnswerEvent.SignatureDelta(_block, signature));
            Close();
            return;
        }

        if (thought)
        {
            Continue(AnswerBlockKind.Reasoning, BlockStart.Reasoning);
            _sink.Write(AnswerEvent.ReasoningDelta(_block, words));
            if (signature.IsEmpty) return;
            _sink.Write(AnswerEvent.SignatureDelta(_block, signature));
            Close();
            return;
        }

        if (signature.IsEmpty || _open == AnswerBlockKind.Text)
        {
            Continue(AnswerBlockKind.Text, BlockStart.Text);
            Grounding.AddText(words);
            _sink.Write(AnswerEvent.TextDelta(_block, words));
            // Words that are under way are not cut in two for it: an empty part with the signature means the same to Gemini.
            if (!signature.IsEmpty) Say(default, thought: true, signature);
            return;
        }

        Open(AnswerBlockKind.Text, new() { Kind = AnswerBlockKind.Text, PartSignature = signature.Detach() });
        Grounding.AddText(words);
        _sink.Write(AnswerEvent.TextDelta(_block, words));
    }

    private void Call(JsonSlice call, JsonText signature)
    {
        string? id = null;
        string? name = null;
        JsonSlice args = default;
        JsonSlice pieces = default;
        var goesOn = false;
        var reader = call.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("name"u8))
            {
                reader.Read();
                name = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("args"u8))
            {
                reader.Read();
                args = JsonSlice.From(ref reader, call.Bytes);
            }
            else if (reader.ValueTextEquals("partialArgs"u8))
            {
                reader.Read();
                pieces = JsonSlice.From(ref reader, call.Bytes);
            }
            else if (reader.ValueTextEquals("willContinue"u8))
            {
                reader.Read();
                goesOn = reader.BooleanOrNull() ?? false;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (_answerFunction is not null && name == _answerFunction)
        {
            // The function stands for the answer: its arguments are the answer's words.
            Open(AnswerBlockKind.Text, new() { Kind = AnswerBlockKind.Text, PartSignature = signature.Detach() });
            _sink.Write(AnswerEvent.TextDelta(_block, args.IsObject ? JsonText.FromUtf8(args.Bytes) : JsonText.From("{}")));
            Close();
            return;
        }

        // Vertex streams arguments in pieces (streamFunctionCallArguments): the first names the call, and an empty call says that nothing follows.
        var named = !string.IsNullOrEmpty(name);
        if (!named && !args.IsObject && !pieces.IsArray && !goesOn)
        {
            _goesOn = false;
            if (_partial is not null) Close();
            return;
        }

        if (named || _partial is null)
        {
            Open(AnswerBlockKind.ToolCall, new()
            {
                Kind = AnswerBlockKind.ToolCall,
                Id = id ?? "",
                Name = name ?? "",
                PartSignature = signature.Detach(),
            });
            if (args.IsObject)
            {
                _sink.Write(AnswerEvent.ToolArgumentsDelta(_block, JsonText.FromUtf8(args.Bytes)));
                Close();
                return;
            }

            // Without arguments it may be a whole call or the beginning of one: what comes next tells.
            _partial = new();
        }

        _goesOn = goesOn;
        using var text = new PooledBuffer(256);
        _partial!.Add(pieces, text);
        if (text.Length > 0) _sink.Write(AnswerEvent.ToolArgumentsDelta(_block, JsonText.FromUtf8(text.WrittenMemory)));
    }

    /// <summary>Completes the arguments that came in pieces, unless the last piece said that more would follow: then they are torn, and stay so.</summary>
    private void EndPartial()
    {
        if (_partial is not { } partial) return;
        _partial = null;
        if (_goesOn) return;
        using var text = new PooledBuffer(64);
        partial.Complete(text);
        if (text.Length > 0) _sink.Write(AnswerEvent.ToolArgumentsDelta(_block, JsonText.FromUtf8(text.WrittenMemory)));
    }

    private void Whole(Block block, JsonText signature)
    {
        if (!signature.IsEmpty) block.PartSignature = signature.Detach();
        Open(AnswerBlockKind.Whole, new() { Kind = AnswerBlockKind.Whole, Whole = block, PartSignature = block.PartSignature });
        Close();
    }

    private void Continue(AnswerBlockKind kind, BlockStart opening)
    {
        if (_open != kind) Open(kind, opening);
    }

    private void Open(AnswerBlockKind kind, BlockStart opening)
    {
        Close();
        if (kind == AnswerBlockKind.Text && _searchKnown) EmitSearch(over: false);
        _open = kind;
        _sink.Write(AnswerEvent.BlockStarted(++_block, opening));
    }

    private void Close()
    {
        if (_open is null) return;
        EndPartial();
        Cite();
        _open = null;
        _sink.Write(AnswerEvent.BlockEnded(_block));
    }
}
