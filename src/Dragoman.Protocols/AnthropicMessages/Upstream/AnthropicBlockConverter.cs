using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>Decides for each block whether it can be written as it is, what stands in for it where it cannot, and reports the difference.</summary>
internal sealed class AnthropicBlockConverter(TranslationContext exchange, AnthropicTarget target)
{
    private const Protocol Own = Protocol.AnthropicMessages;
    private readonly SignatureFamily _family = exchange.Model.EffectiveFamily;
    private readonly Losses _losses = exchange.Losses;

    /// <summary>The block to write, or null when nothing is left of it.</summary>
    public Block? Convert(Block block, Role role, string path)
    {
        _losses.DropForeign(block.Extras, Own, path);
        if (!block.PartSignature.IsEmpty) _losses.Drop($"{path}.signature", "a signature on a block that is not reasoning has no place in Messages");
        return block switch
        {
            TextBlock text => text.Text.IsBlank ? null : text,
            RefusalBlock refusal => refusal.Text.IsBlank ? null : new TextBlock(refusal.Text) { Cache = refusal.Cache },
            ReasoningBlock reasoning => Reasoning(reasoning, role, path),
            ToolCallBlock call when role == Role.Assistant => call,
            ToolResultBlock result when role != Role.Assistant => Result(result, path),
            ToolResultBlock result => Marker($"[Result of the tool call {result.CallId}]", path, "a result in the assistant's turn"),
            ImageBlock image => Image(image, role, path),
            DocumentBlock document => Document(document, role, path),
            AudioBlock => Marker("[audio]", path, "Messages takes no sound"),
            VideoBlock => Marker("[video]", path, "Messages takes no video"),
            HostedToolCallBlock { Origin: Own, Raw.IsEmpty: false } when !target.IsBedrock => block,
            HostedToolResultBlock { Origin: Own, Raw.IsEmpty: false } when !target.IsBedrock => block,
            ToolReferenceBlock => block,
            OpaqueBlock { Origin: Own } when !target.IsBedrock => block,
            HostedToolResultBlock { Sources: { Count: > 0 } sources } => Pages(sources, path),
            _ => Drop(path, "not known to the upstream"),
        };
    }

    private Block? Reasoning(ReasoningBlock block, Role role, string path)
    {
        if (role != Role.Assistant) return Drop(path, "reasoning outside the assistant's turn");
        var family = block.Family;
        if (family == SignatureFamily.Unknown && exchange.Request.HasThinkingBlocks && !block.Signature.IsEmpty) family = SignatureFamily.Claude;
        if (_family == SignatureFamily.Claude)
        {
            return family == SignatureFamily.Claude && !block.Signature.IsEmpty ? block : Drop(path, "reasoning that Claude did not sign is refused");
        }

        if (family != _family && family != SignatureFamily.Unknown) return Drop(path, "reasoning of another family of models");
        return block.IsRedacted ? Drop(path, "reasoning that cannot be read") : block;
    }

    private ToolResultBlock Result(ToolResultBlock result, string path)
    {
        var content = new List<Block>(result.Content.Count);
        for (var i = 0; i < result.Content.Count; i++)
        {
            if (Convert(result.Content[i], Role.User, $"{path}.content[{i}]") is { } block) content.Add(block);
        }

        if (result.Content.Count == 0 && !result.Value.IsEmpty) content.Add(new TextBlock(JsonText.FromUtf8(result.Value.Bytes)));
        if (content.Count == 0 && !result.Raw.IsEmpty) content.Add(new TextBlock(JsonText.From("No tools were found.")));
        return new ToolResultBlock(result.CallId, content) { IsError = result.IsError, Cache = result.Cache, Extras = result.Extras };
    }

    private Block? Image(ImageBlock image, Role role, string path)
    {
        if (image.Detail is not (null or "auto")) _losses.Drop($"{path}.detail", "Messages has no choice of detail");
        if (role == Role.Assistant) return Marker("[image]", path, "an image in the assistant's turn");
        return Media(image.Source, image, "image", path);
    }

    private Block? Document(DocumentBlock document, Role role, string path)
    {
        if (role == Role.Assistant) return Marker($"[document {document.Title}]", path, "a document in the assistant's turn");
        if (document.Source.IsInline && AnthropicMediaWriter.DocumentType(document) is null)
            return Marker($"[document {document.Title}]", path, $"documents of type {document.Source.MediaType ?? "unknown"} are not taken");
        return Media(document.Source, document, "document", path);
    }

    private Block? Media(MediaSource source, Block block, string what, string path)
    {
        if (source.Url is not { } url) return block;
        // As for Converse: a model that is told of a picture it cannot see answers something else than was asked.
        if (target.IsBedrock) throw WireException.Invalid($"Bedrock fetches no addresses: send the {what} as base64 data.", path);
        return url.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? block : Marker($"[{what}: {url}]", path, "only web addresses are taken");
    }

    private TextBlock Pages(List<Citation> pages, string path)
    {
        _losses.Approximate(path, "a search's results are carried as text");
        var lines = pages.Where(page => page.Url is not null).Select(page => $"- {page.Title}: {page.Url}");
        return new TextBlock(JsonText.From("[Pages found by a search]\n" + string.Join('\n', lines)));
    }

    private TextBlock Marker(string text, string path, string reason)
    {
        _losses.Drop(path, reason);
        return new TextBlock(JsonText.From(text));
    }

    private Block? Drop(string path, string reason)
    {
        _losses.Drop(path, reason);
        return null;
    }
}
