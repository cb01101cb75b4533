namespace Dragoman.Protocols.Conversation;

/// <summary>
/// Content that a request only names because a provider holds it: uploaded files and Gemini's cached contents. Another provider cannot read it,
/// and a model that is not shown what it is asked about answers something else than was asked, so such a request is refused for every other target.
/// </summary>
internal static class HeldByProvider
{
    private const string GoogleFiles = "://generativelanguage.googleapis.com/";

    /// <summary>Refuses a request that names what the target cannot read.</summary>
    /// <exception cref="WireException">The request names content that lies with another provider.</exception>
    public static void Check(ConversationRequest request, Protocol target)
    {
        var home = HomeOf(request.Source) == HomeOf(target);
        if (!home && request.Extras.Exists(extra => extra is { Protocol: Protocol.Gemini, Name: "cachedContent" }))
            throw WireException.Invalid("cachedContent names content that only Google holds; send the content itself instead.", "cachedContent");
        foreach (var turn in request.Turns) Check(turn.Blocks, home, target);
    }

    private static void Check(List<Block> blocks, bool home, Protocol target)
    {
        foreach (var block in blocks)
        {
            var source = block switch
            {
                ImageBlock image => image.Source,
                DocumentBlock document => document.Source,
                AudioBlock audio => audio.Source,
                VideoBlock video => video.Source,
                _ => null,
            };
            var file = source switch
            {
                { IsInline: false, FileId: { } id } when !home => id,
                { IsInline: false, Url: { } url } when target != Protocol.Gemini && url.Contains(GoogleFiles, StringComparison.OrdinalIgnoreCase) => url,
                _ => null,
            };
            if (file is not null) throw WireException.Invalid($"The file '{file}' was uploaded to another provider; send its content instead.", "messages");
            if (block is ToolResultBlock result) Check(result.Content, home, target);
        }
    }

    private static int HomeOf(Protocol protocol) => protocol switch
    {
        Protocol.OpenAiChat or Protocol.OpenAiResponses or Protocol.OpenAiCompletions => 1,
        Protocol.AnthropicMessages => 2,
        Protocol.Gemini => 3,
        _ => 4,
    };
}
