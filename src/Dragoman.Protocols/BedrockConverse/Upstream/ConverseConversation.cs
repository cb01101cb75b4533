using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>A message as Converse wants it: roles alternate.</summary>
internal sealed class ConverseMessage(Role role)
{
    public Role Role { get; } = role;

    /// <summary>The blocks, each with where it stood in the request.</summary>
    public List<(Block Block, string Path)> Blocks { get; set; } = [];
}

/// <summary>
/// Brings the turns of a prepared request (<see cref="ConversationPreparation"/>) into the order that Converse insists on: blank text goes,
/// neighbours of one role merge, the user begins and (but for models that take a prefill) ends.
/// </summary>
internal sealed class ConverseConversation
{
    private readonly TranslationContext _exchange;
    private readonly bool _toolsAsText;
    private readonly bool _prefill;
    private readonly ConverseModelTraits _traits;

    public ConverseConversation(TranslationContext exchange, ConverseModelTraits traits, bool toolsAsText, bool prefill)
    {
        _exchange = exchange;
        _traits = traits;
        _toolsAsText = toolsAsText;
        _prefill = prefill;
        Build();
    }

    public List<ConverseMessage> Messages { get; } = [];

    /// <summary>Whether the last assistant message is one that calls tools and does not begin with its reasoning.</summary>
    public bool LastCallLacksReasoning { get; private set; }

    /// <summary>Whether any turn calls a tool or answers a call.</summary>
    public static bool HasToolBlocks(ConversationRequest request)
    {
        foreach (var turn in request.Turns)
        {
            foreach (var block in turn.Blocks)
            {
                if (block is ToolCallBlock or ToolResultBlock) return true;
            }
        }

        return false;
    }

    /// <summary>Whether a text has anything but white space in it.</summary>
    public static bool IsBlank(JsonText text)
    {
        if (text.IsEmpty) return true;
        if (text.StartsVisibly) return false;
        if (text.Length < 64) return string.IsNullOrWhiteSpace(text.ToString());
        // Nobody sends pages of blanks; to unescape every long text only to look for them would cost a copy each.
        return text.Length < 4096 && text.ToUtf8().Span.IndexOfAnyExcept(" \t\r\n"u8) < 0;
    }

    private void Build()
    {
        var turns = _exchange.Request.Turns;
        for (var i = 0; i < turns.Count; i++) Add(turns[i], i);
        if (Messages.Count > 0 && Messages[0].Role == Role.Assistant) Messages.Insert(0, Synthetic(ConversationPreparation.Continued));
        if (Messages.Count == 0)
        {
            var blank = turns.TrueForAll(static turn => turn.Blocks.TrueForAll(static block => block is TextBlock or RefusalBlock));
            if (blank) throw WireException.Invalid("The conversation has no message with anything in it.", "messages");
            _exchange.Losses.Approximate("messages", "nothing of the conversation could be carried; a placeholder stands for it");
            Messages.Add(Synthetic(ConversationPreparation.Empty));
        }

        FindLastCall();
        if (Messages[^1].Role == Role.Assistant && !_prefill)
        {
            Messages.Add(Synthetic("Please continue."));
            _exchange.Losses.Approximate("messages", "the model takes no prefilled answer: it is asked to continue");
        }
    }

    private void Add(Turn turn, int index)
    {
        _exchange.Losses.DropForeign(turn.Extras, Protocol.BedrockConverse, $"messages[{index}]");
        if (turn.Name is not null) _exchange.Losses.Drop($"messages[{index}].name", "Converse knows no speakers' names");
        var role = turn.Role == Role.Assistant ? Role.Assistant : Role.User;
        List<(Block, string)>? target = null;
        for (var i = 0; i < turn.Blocks.Count; i++)
        {
            var path = $"messages[{index}].content[{i}]";
            var block = turn.Blocks[i];
            if (!Keep(ref block, role, path)) continue;
            target ??= Target(role);
            target.Add((block, path));
        }
    }

    private List<(Block, string)> Target(Role role)
    {
        if (Messages.Count == 0 || Messages[^1].Role != role) Messages.Add(new ConverseMessage(role));
        return Messages[^1].Blocks;
    }

    /// <summary>Whether the block can be sent at all; one that can only be reported in words becomes text.</summary>
    private bool Keep(ref Block block, Role role, string path)
    {
        var losses = _exchange.Losses;
        switch (block)
        {
            case TextBlock text:
                if (text.Citations is not null) losses.Drop($"{path}.citations", "not carried to Converse");
                return !IsBlank(text.Text);
            case RefusalBlock refusal:
                return !IsBlank(refusal.Text);
            case ReasoningBlock reasoning:
                return KeepReasoning(reasoning, role, path);
            case OpaqueBlock { Origin: Protocol.BedrockConverse }:
                return true;
            case HostedToolCallBlock or HostedToolResultBlock or OpaqueBlock:
                losses.Drop(path, "a block of the provider's own tools has no place in Converse");
                return false;
            case ImageBlock or DocumentBlock or AudioBlock or VideoBlock when role == Role.Assistant:
                losses.Approximate(path, "media in the assistant's turns is only named");
                block = new TextBlock(JsonText.From(block switch { ImageBlock => "[image]", DocumentBlock => "[document]", AudioBlock => "[audio]", _ => "[video]" }));
                return true;
            case ToolCallBlock call when _toolsAsText:
                losses.Approximate(path, "a tool call without tools is sent as text");
                block = new TextBlock(JsonText.From($"[Called the tool {call.Name} with {call.Arguments.Text}]"));
                return true;
            case ToolResultBlock result when _toolsAsText:
                losses.Approximate(path, "a tool result without tools is sent as text");
                block = AsText(result);
                return true;
            default:
                return true;
        }
    }

    private bool KeepReasoning(ReasoningBlock reasoning, Role role, string path)
    {
        var ours = _traits.IsClaude
            && (reasoning.Family == SignatureFamily.Claude || (reasoning.Family == SignatureFamily.Unknown && _exchange.Request.HasThinkingBlocks));
        if (role == Role.Assistant && ours && !reasoning.Signature.IsEmpty) return true;
        _exchange.Losses.Drop(path, reasoning.Signature.IsEmpty ? "reasoning without a signature is not taken back" : "the model cannot read another family's reasoning");
        return false;
    }

    private static TextBlock AsText(ToolResultBlock result)
    {
        var words = string.Join('\n', result.Content.Select(part => part switch
        {
            TextBlock text => text.Text.ToString(),
            ImageBlock => "[image]",
            _ => "[file]",
        }));
        if (words.Length == 0) words = result.Value.IsEmpty ? ConversationPreparation.Empty : result.Value.ToString();
        return new TextBlock(JsonText.From($"[{(result.IsError ? "Error" : "Result")} of the tool{(result.Name is null ? "" : " " + result.Name)}]\n{words}")) { Cache = result.Cache };
    }

    private void FindLastCall()
    {
        for (var i = Messages.Count - 1; i >= 0; i--)
        {
            var message = Messages[i];
            if (message.Role != Role.Assistant) continue;
            LastCallLacksReasoning = message.Blocks[0].Block is not ReasoningBlock && message.Blocks.Any(item => item.Block is ToolCallBlock);
            return;
        }
    }

    private static ConverseMessage Synthetic(string text)
    {
        var message = new ConverseMessage(Role.User);
        message.Blocks.Add((new TextBlock(JsonText.From(text)), "messages"));
        return message;
    }
}
