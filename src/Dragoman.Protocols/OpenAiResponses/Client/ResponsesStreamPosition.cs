using System.Buffers.Text;
using System.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>Where a Responses stream stands: the answer's id and the number of the next event.</summary>
internal sealed class ResponsesStreamPosition : StreamPosition
{
    /// <summary>The answer's id, or null before it was reported.</summary>
    public string? ResponseId { get; private set; }

    /// <summary>The number that the next event has.</summary>
    public long Next { get; private set; }

    /// <summary>Looks for the id in an event of the preamble.</summary>
    public override void Begin(ReadOnlySpan<byte> data)
    {
        if (ResponseId is not null) return;
        var id = TopLevelJsonScanner.ValueOf(TopLevelJsonScanner.ValueOf(data, "response"u8), "id"u8);
        if (!id.IsEmpty) ResponseId = Encoding.UTF8.GetString(id.Trim((byte)'"'));
    }

    /// <inheritdoc/>
    public override void Resume(IAnswerSink writer)
    {
        if (writer is ResponsesStreamWriter responses) responses.ContinueAt(ResponseId, Next);
    }

    /// <inheritdoc/>
    public override void Pass(ReadOnlySpan<byte> data)
    {
        if (Utf8Parser.TryParse(TopLevelJsonScanner.ValueOf(data, "sequence_number"u8), out long number, out _)) Next = number + 1;
    }
}
