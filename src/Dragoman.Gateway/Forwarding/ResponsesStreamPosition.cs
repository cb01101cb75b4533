using System.Buffers.Text;
using System.Text;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Forwarding;

/// <summary>How far a relayed Responses stream has come: what the gateway needs to add a last event of its own.</summary>
internal sealed class ResponsesStreamPosition
{
    /// <summary>The answer's id, or null before it was told.</summary>
    public string? ResponseId { get; private set; }

    /// <summary>The number that the next event has.</summary>
    public long Next { get; private set; }

    /// <summary>Looks for the id in an event of the greeting.</summary>
    public void Begin(ReadOnlySpan<byte> data)
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

    /// <summary>An event has passed.</summary>
    public void Pass(ReadOnlySpan<byte> data)
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
