using System.Text.Json;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>
/// Where <c>cache_control</c> is written. A client that can give hints gets exactly its own; for one whose protocol has none, the last
/// tool, the last system block and the ends of the last two user turns are marked: the one before the last finds what the turn before wrote
/// (Anthropic itself looks back only some twenty blocks), the last writes for the next.
/// </summary>
/// <remarks>The marks move as the conversation grows. They are no part of the prompt, so what is cached stays valid (docs/architecture.md, Decisions).</remarks>
internal sealed class AnthropicCacheMarks
{
    private const int Limit = 4;
    private readonly Losses _losses;
    private readonly object? _tool;
    private readonly object? _system;
    private readonly Block? _message;
    private readonly Block? _earlier;
    private readonly Block? _end;
    private readonly CacheHint? _whole;
    private int _skip;

    /// <summary>Decides the marks of a request.</summary>
    public AnthropicCacheMarks(TranslationContext exchange, AnthropicTarget target, IReadOnlyList<Tool> tools, List<PlannedTurn> turns)
    {
        var request = exchange.Request;
        _losses = exchange.Losses;
        var hints = tools.Count(tool => tool.Cache is not null) + request.System.Count(block => block.Cache is not null) + (request.Cache is null ? 0 : 1);
        var inMessages = 0;
        foreach (var turn in turns) inMessages += Count(turn.Blocks);
        hints += inMessages;
        _skip = Math.Clamp(hints - Limit, 0, inMessages);
        if (target.IsBedrock && request.Cache is { } whole)
        {
            // A mark for the whole request is one on its last block; Bedrock knows only the latter ("cache_control: Extra inputs are not permitted").
            _whole = whole;
            _end = turns.Count == 0 ? null : turns[^1].Blocks.FindLast(block => block is not ReasoningBlock);
        }

        if (hints > 0 || !target.AddCacheHints || target.Counting || request.Source is Protocol.AnthropicMessages or Protocol.BedrockConverse) return;
        if (exchange.Model.EffectiveFamily != SignatureFamily.Claude) return;
        // A deferred tool takes no mark: it is no part of the prompt's head.
        _tool = tools.LastOrDefault(tool => tool.Kind != ToolKind.Hosted && !(tool.IsDeferred && !tool.IsLoaded));
        _system = request.System.LastOrDefault(block => block is TextBlock);
        var last = turns.FindLastIndex(turn => turn.Role == Role.User);
        _message = EndOf(turns, last);
        _earlier = EndOf(turns, last < 1 ? -1 : turns.FindLastIndex(last - 1, turn => turn.Role == Role.User));
    }

    /// <summary>Writes the mark of a tool.</summary>
    public void Write(Utf8JsonWriter writer, Tool tool) => Write(writer, tool.Cache, tool.Extras, ReferenceEquals(tool, _tool));

    /// <summary>Writes the mark of a system block.</summary>
    public void WriteSystem(Utf8JsonWriter writer, Block block) => Write(writer, block.Cache, block.Extras, ReferenceEquals(block, _system));

    /// <summary>Writes the mark of a block in a message.</summary>
    public void Write(Utf8JsonWriter writer, Block block)
    {
        if (block.Cache is not null && _skip > 0)
        {
            _skip--;
            _losses.Drop("cache_control", "at most four marks are taken; the earliest in the messages were left out");
            return;
        }

        if (block.Cache is null && ReferenceEquals(block, _end)) Write(writer, _whole!);
        else Write(writer, block.Cache, block.Extras, ReferenceEquals(block, _message) || ReferenceEquals(block, _earlier));
    }

    /// <summary>Writes a hint with its lifetime.</summary>
    public static void Write(Utf8JsonWriter writer, CacheHint hint)
    {
        writer.WriteStartObject("cache_control"u8);
        writer.WriteString("type"u8, "ephemeral"u8);
        if (hint.Ttl is not null) writer.WriteString("ttl"u8, hint.Ttl);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, CacheHint? hint, List<Extra>? extras, bool mark)
    {
        if (hint is null)
        {
            if (mark) Write(writer, new CacheHint());
            return;
        }

        // With members beyond type and lifetime the client's own object is written.
        var whole = extras?.Find(extra => extra is { Protocol: Protocol.AnthropicMessages, Name: "cache_control" }) ?? default;
        if (whole.Value.IsEmpty) Write(writer, hint);
        else whole.Value.WriteTo(writer, "cache_control"u8);
    }

    private static Block? EndOf(List<PlannedTurn> turns, int index)
        => index < 0 ? null : turns[index].Blocks.FindLast(block => block is TextBlock or ImageBlock or DocumentBlock or ToolResultBlock);

    private static int Count(List<Block> blocks)
    {
        var count = 0;
        foreach (var block in blocks)
        {
            if (block.Cache is not null) count++;
            if (block is ToolResultBlock result) count += Count(result.Content);
        }

        return count;
    }
}
