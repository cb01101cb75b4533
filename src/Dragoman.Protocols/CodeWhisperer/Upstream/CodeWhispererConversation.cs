using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>A message as the service wants it: the user's or the assistant's, by turns.</summary>
internal sealed class CodeWhispererMessage(bool isUser)
{
    public bool IsUser { get; } = isUser;

    /// <summary>The blocks, each with where it stood in the request.</summary>
    public List<(Block Block, string Path)> Blocks { get; } = [];

    /// <summary>Whether the prompt up to here is worth caching.</summary>
    public bool IsCached { get; set; }

    public bool HasResults => Blocks.Exists(static item => item.Block is ToolResultBlock);

    public bool HasImages => Blocks.Exists(static item => item.Block is ImageBlock);

    /// <summary>A message of the gateway's own.</summary>
    public static CodeWhispererMessage Create(bool isUser, string text)
    {
        var message = new CodeWhispererMessage(isUser);
        message.Blocks.Add((new TextBlock(JsonText.From(text)), "messages"));
        return message;
    }
}

/// <summary>
/// Brings the turns of a prepared request (<see cref="ConversationPreparation"/>) into the order that the service insists on: the user begins and ends,
/// the two alternate, calls and results stand only where tools are declared. What has no place becomes words, or is reported.
/// </summary>
internal sealed class CodeWhispererConversation
{
    private readonly TranslationContext _exchange;
    private readonly bool _toolsAsText;
    private readonly bool _nativeReasoning;

    public CodeWhispererConversation(TranslationContext exchange, bool toolsAsText, bool nativeReasoning)
    {
        _exchange = exchange;
        _toolsAsText = toolsAsText;
        _nativeReasoning = nativeReasoning;
        Build();
    }

    /// <summary>The messages; the last is the user's.</summary>
    public List<CodeWhispererMessage> Messages { get; } = [];

    /// <summary>The calls whose arguments were cut off when they were made.</summary>
    public HashSet<string> TornCalls { get; } = new(StringComparer.Ordinal);

    private void Build()
    {
        var turns = _exchange.Request.Turns;
        for (var i = 0; i < turns.Count; i++) Add(turns[i], i);
        if (Messages.Count == 0)
        {
            var blank = turns.TrueForAll(static turn => turn.Blocks.TrueForAll(static block => block is TextBlock or RefusalBlock));
            if (blank) throw WireException.Invalid("The conversation has no message with anything in it.", "messages");
            _exchange.Losses.Approximate("messages", "nothing of the conversation could be carried; a placeholder stands for it");
            Messages.Add(CodeWhispererMessage.Create(true, ConversationPreparation.Empty));
        }

        if (!Messages[0].IsUser) Messages.Insert(0, CodeWhispererMessage.Create(true, "Continue"));
        if (Messages[^1].IsUser) return;
        Messages.Add(CodeWhispererMessage.Create(true, "Continue from where your previous message ended."));
        _exchange.Losses.Approximate("messages", "the model takes no prefilled answer: it is asked to continue");
    }

    private void Add(Turn turn, int index)
    {
        _exchange.Losses.DropForeign(turn.Extras, Protocol.CodeWhisperer, $"messages[{index}]");
        if (turn.Name is not null) _exchange.Losses.Drop($"messages[{index}].name", "Kiro knows no speakers' names");
        var isUser = turn.Role != Role.Assistant;
        List<(Block, string)>? target = null;
        for (var i = 0; i < turn.Blocks.Count; i++)
        {
            var path = $"messages[{index}].content[{i}]";
            var block = turn.Blocks[i];
            if (Convert(block, isUser, path) is not { } kept) continue;
            _exchange.Losses.DropForeign(block.Extras, Protocol.CodeWhisperer, path);
            if (target is null)
            {
                if (Messages.Count == 0 || Messages[^1].IsUser != isUser) Messages.Add(new CodeWhispererMessage(isUser));
                target = Messages[^1].Blocks;
            }

            target.Add((kept, path));
            Messages[^1].IsCached |= block.Cache is not null || (block is ToolResultBlock result && result.Content.Exists(static part => part.Cache is not null));
        }
    }

    private Block? Convert(Block block, bool isUser, string path)
    {
        switch (block)
        {
            case TextBlock text:
                if (text.Citations is not null) _exchange.Losses.Drop($"{path}.citations", "not carried to Kiro");
                return text.Text.IsBlank ? null : text;
            case RefusalBlock refusal:
                return refusal.Text.IsBlank ? null : new TextBlock(refusal.Text);
            case ReasoningBlock reasoning:
                return Reasoning(reasoning, isUser, path);
            case ToolCallBlock call:
                if (IsTorn(call) || CodeWhispererOptions.Of(_exchange).CutCalls?.Has(call.Id) == true) TornCalls.Add(call.Id);
                if (!_toolsAsText) return call;
                _exchange.Losses.Approximate(path, "a tool call without tools is sent as text");
                return Words($"[Called the tool {call.Name} with {call.Arguments.Text}]");
            case ToolResultBlock result:
                if (!_toolsAsText) return result;
                _exchange.Losses.Approximate(path, "a tool result without tools is sent as text");
                return Words($"[{(result.IsError ? "Error" : "Result")} of the tool{(result.Name is null ? "" : " " + result.Name)}]\n{CodeWhispererResults.Join(result)}");
            case ImageBlock when isUser:
                return block;
            case DocumentBlock { Source: { IsInline: false, Url: null, FileId: null } } document when isUser:
                _exchange.Losses.Approximate(path, "Kiro takes no documents: its text is sent as words");
                if (document.Citations == true) _exchange.Losses.Drop($"{path}.citations", "the model does not cite");
                return Document(document);
            case DocumentBlock when isUser:
                throw WireException.Invalid("Kiro takes no documents: send their text, or choose another model.", path);
            case AudioBlock when isUser:
                throw WireException.Invalid("Kiro's models do not hear: leave the audio out or choose another model.", path);
            case VideoBlock when isUser:
                throw WireException.Invalid("Kiro's models see no video: leave it out or choose another model.", path);
            case ImageBlock or DocumentBlock or AudioBlock or VideoBlock:
                _exchange.Losses.Approximate(path, "media in the assistant's turns is only named");
                return Words(block switch { ImageBlock => "[image]", DocumentBlock => "[document]", AudioBlock => "[audio]", _ => "[video]" });
            case HostedToolResultBlock { Sources: { Count: > 0 } pages }:
                _exchange.Losses.Approximate(path, "a search's results are carried as text");
                return Words("[Pages found by a search]\n" + string.Join('\n', pages.Where(static page => page.Url is not null).Select(static page => $"- {page.Title}: {page.Url}")));
            default:
                _exchange.Losses.Drop(path, "a block of the provider's own tools has no place in Kiro's protocol");
                return null;
        }
    }

    private Block? Reasoning(ReasoningBlock reasoning, bool isUser, string path)
    {
        var family = _exchange.Model.EffectiveFamily;
        var own = reasoning.Family == family || (reasoning.Family == SignatureFamily.Unknown && family == SignatureFamily.Claude && _exchange.Request.HasThinkingBlocks);
        if (!isUser && _nativeReasoning && own && !reasoning.Signature.IsEmpty) return reasoning;
        if (!isUser && !reasoning.IsRedacted && !reasoning.Text.IsBlank)
        {
            if (!reasoning.Signature.IsEmpty) _exchange.Losses.Drop($"{path}.signature", "reasoning is carried in tags, which bear no signature");
            return new ReasoningBlock { Text = reasoning.Text };
        }

        _exchange.Losses.Drop(path, "reasoning that cannot be read is not taken back");
        return null;
    }

    private static TextBlock Document(DocumentBlock document)
    {
        var head = document.Title is null && document.Context is null ? "" : $"{document.Title} {document.Context}".Trim() + "\n";
        return new TextBlock(JsonText.From($"<document>\n{head}{document.Source.Text}\n</document>")) { Cache = document.Cache };
    }

    /// <summary>Whether a call's arguments break off: the service cut them when it was made, and its client sent them back as they came.</summary>
    private static bool IsTorn(ToolCallBlock call)
    {
        if (call.IsCustom) return false;
        var progress = default(JsonProgress);
        call.Arguments.Text.AddTo(ref progress);
        return progress.IsOpen;
    }

    private static TextBlock Words(string text) => new(JsonText.From(text));
}
