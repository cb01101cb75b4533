using System.Buffers.Text;
using System.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>Where a Responses stream stands: the answer's id and the number of the next event.</summary>
internal sealed class ResponsesStreamPosition : StreamPosition
{
    /// <summary>The answer's id, or null before it was told.</summary>
    public string? ResponseId { get; private set; }

    /// <summary>The number that the next event has.</summary>
    public long Next { get; private set; }

    /// <summary>Looks for the id in an event of the preamble.</summary>
    public override void Begin(ReadOnlySpan<byte> data)
    {
        if (ResponseId is not null) return;
        var skim = new TopLevelJsonScanner(data);
        while (skim.Next())
        {
            if (!skim.Name.SequenceEqual("response"u8)) continue;
            var response = new TopLevelJsonScanner(skim.Value);
            while (response.Next())
            {
                if (!response.Name.SequenceEqual("id"u8)) continue;
                ResponseId = Encoding.UTF8.GetString(response.Value.Trim((byte)'"'));
                return;
            }

            return;
        }
    }

    /// <inheritdoc/>
    public override void Resume(IAnswerSink writer)
    {
        if (writer is ResponsesStreamWriter responses) responses.ContinueAt(ResponseId, Next);
    }

    /// <inheritdoc/>
    public override void Pass(ReadOnlySpan<byte> data)
    {
        var skim = new TopLevelJsonScanner(data);
        while (skim.Next())
        {
            if (!skim.Name.SequenceEqual("sequence_number"u8)) continue;
            if (Utf8Parser.TryParse(skim.Value, out long number, out _)) Next = number + 1;
            return;
        }
    }
}
