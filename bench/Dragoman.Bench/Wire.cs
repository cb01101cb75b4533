namespace Dragoman.Bench;

/// <summary>A language on one of the two sides.</summary>
internal enum Wire
{
    Chat,
    Responses,
    Messages,
    Gemini,
    /// <summary>Upstream only.</summary>
    Converse,
    /// <summary>Anthropic bodies on Bedrock InvokeModel; upstream only.</summary>
    Invoke,
}

internal static class Wires
{
    /// <summary>The languages that clients speak.</summary>
    public static readonly Wire[] Clients = [Wire.Chat, Wire.Responses, Wire.Messages, Wire.Gemini];

    /// <summary>The languages that upstreams speak.</summary>
    public static readonly Wire[] Upstreams = [Wire.Chat, Wire.Responses, Wire.Messages, Wire.Gemini, Wire.Converse, Wire.Invoke];

    public static string Word(this Wire wire) => wire switch
    {
        Wire.Chat => "chat",
        Wire.Responses => "responses",
        Wire.Messages => "messages",
        Wire.Gemini => "gemini",
        Wire.Converse => "converse",
        _ => "invoke",
    };

    public static Wire Parse(string word)
    {
        foreach (var wire in Upstreams)
            if (wire.Word() == word) return wire;
        throw new UsageException($"'{word}' is no language; one of {string.Join(", ", Upstreams.Select(Word))}.");
    }
}
