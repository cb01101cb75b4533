using System.Text;
using System.Text.Json;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>
/// Tells the tool calls of an answer. Their arguments come in fragments of JSON text, several calls may be open at once, and the service cuts long
/// arguments off: a call that was not said to be done, or whose JSON did not close, is told as torn and never mended (repaired arguments named wrong
/// files, router-for-me/CLIProxyAPIPlus issue 164).
/// </summary>
internal sealed class CodeWhispererCallReader(CodeWhispererTextReader words, IAnswerSink sink, CodeWhispererCutCalls? cutCalls)
{
    private readonly List<OpenCall> _open = [];
    private readonly List<byte[]> _done = [];

    /// <summary>Whether any call was told.</summary>
    public bool Any { get; private set; }

    /// <summary>Whether a call was cut off.</summary>
    public bool IsTorn { get; private set; }

    public void Read(ReadOnlyMemory<byte> data)
    {
        JsonText id = default, name = default, fragment = default;
        JsonSlice whole = default;
        var stop = false;
        var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
        reader.Read();
        while (reader.NextProperty())
        {
            var isId = reader.ValueTextEquals("toolUseId"u8);
            var isName = reader.ValueTextEquals("name"u8);
            var isInput = reader.ValueTextEquals("input"u8);
            var isStop = reader.ValueTextEquals("stop"u8);
            reader.Read();
            if (isId && reader.TokenType == JsonTokenType.String) id = JsonText.From(ref reader, data);
            else if (isName && reader.TokenType == JsonTokenType.String) name = JsonText.From(ref reader, data);
            else if (isInput && reader.TokenType == JsonTokenType.String) fragment = JsonText.From(ref reader, data);
            else if (isInput) whole = JsonSlice.From(ref reader, data);
            else if (isStop) stop = reader.BooleanOrNull() == true;
            else reader.Skip();
        }

        if (Find(id, name) is not { } call)
        {
            // An end said twice, or an empty event.
            if (IsDone(id) && fragment.IsEmpty && (whole.IsEmpty || !whole.IsObject)) return;
            call = Open(id, name);
        }

        if (!fragment.IsEmpty) call.Add(fragment, words, sink);
        else if (whole.IsObject && !call.HasFragments) call.Whole = whole.Detach();
        if (stop) Close(call, isComplete: true);
    }

    /// <summary>Tells a call that stood in the text whole.</summary>
    public void Emit(string name, JsonSlice arguments)
    {
        var call = Open(default, JsonText.From(name));
        call.Add(JsonText.FromUtf8(arguments.Bytes), words, sink);
        Close(call, isComplete: true);
    }

    /// <summary>No more comes: what is open was cut off.</summary>
    public void Complete()
    {
        while (_open.Count > 0) Close(_open[0], isComplete: false);
    }

    private OpenCall? Find(JsonText id, JsonText name)
    {
        foreach (var call in _open)
        {
            // A fragment without an id belongs to the call that is open under its name.
            if (id.IsEmpty ? name.IsEmpty || name.Equals(call.Name) : id.Equals(call.Id)) return call;
        }

        return null;
    }

    private bool IsDone(JsonText id)
    {
        foreach (var done in _done)
            if (id.Equals(done)) return true;
        return false;
    }

    private OpenCall Open(JsonText id, JsonText name)
    {
        words.Pause();
        Any = true;
        var call = new OpenCall(words.NextBlock(), id.ToUtf8().ToArray(), name.ToUtf8().ToArray());
        _open.Add(call);
        words.Count(name);
        sink.Write(AnswerEvent.BlockStarted(call.Block, new BlockStart
        {
            Kind = AnswerBlockKind.ToolCall,
            Id = Encoding.UTF8.GetString(call.Id),
            Name = Encoding.UTF8.GetString(call.Name),
        }));
        return call;
    }

    private void Close(OpenCall call, bool isComplete)
    {
        _open.Remove(call);
        _done.Add(call.Id);
        if (isComplete && !call.HasFragments && call.Whole is { IsObject: true, Bytes.Length: > 2 } whole) call.Add(JsonText.FromUtf8(whole.Bytes), words, sink);
        var torn = !isComplete || (call.HasFragments && !call.IsWhole);
        IsTorn |= torn;
        if (torn && call.Id.Length > 0) cutCalls?.Note(Encoding.UTF8.GetString(call.Id));
        sink.Write(torn ? AnswerEvent.CallTorn(call.Block) : AnswerEvent.BlockEnded(call.Block));
    }

    private sealed class OpenCall(int block, byte[] id, byte[] name)
    {
        private JsonProgress _progress;

        public int Block { get; } = block;

        public byte[] Id { get; } = id;

        public byte[] Name { get; } = name;

        /// <summary>Arguments that came as an object; fragments after it win.</summary>
        public JsonSlice Whole { get; set; }

        public bool HasFragments { get; private set; }

        public bool IsWhole => _progress.IsComplete;

        public void Add(JsonText fragment, CodeWhispererTextReader words, IAnswerSink sink)
        {
            HasFragments = true;
            fragment.AddTo(ref _progress);
            words.Count(fragment);
            sink.Write(AnswerEvent.ToolArgumentsDelta(Block, fragment));
        }
    }
}
