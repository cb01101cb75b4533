using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>
/// Writes system text and turns of a prepared request (<see cref="ConversationPreparation"/>) as messages. Results of tools follow their calls at once, as Chat demands; what Chat cannot hold inside a
/// result or an assistant message (pictures) comes in a user message of its own after them, so that later turns do not change earlier bytes.
/// </summary>
internal sealed class ChatTurnWriter(Utf8JsonWriter writer, TranslationContext exchange, ChatDialect dialect)
{
    /// <summary>What stands before the names of a system block's extras that belong to its message.</summary>
    public const string OfMessage = "message.";

    private readonly ChatCallIds _ids = new(dialect.ShortCallIds);
    private readonly ChatPartWriter _parts = new(writer, exchange, dialect);
    private readonly List<(string Caption, Block Media)> _media = [];

    public void Write()
    {
        var turns = exchange.Request.Turns;
        writer.WriteStartArray("messages"u8);
        WriteSystem();
        WriteJsonWord();
        for (var i = 0; i < turns.Count;)
        {
            var end = i + 1;
            switch (turns[i].Role)
            {
                case Role.Assistant:
                    while (end < turns.Count && turns[end].Role == Role.Assistant && OneMessage(turns, i, end)) end++;
                    FlushMedia();
                    WriteAssistant(turns, i, end);
                    break;
                case Role.User:
                    while (end < turns.Count && turns[end].Role == Role.User) end++;
                    WriteUsers(turns, i, end);
                    break;
                default:
                    FlushMedia();
                    var developer = turns[i].Role == Role.Developer && dialect.IsOpenAiModel;
                    WriteMessage(developer ? "developer"u8 : "system"u8, turns[i], turns[i].Blocks);
                    break;
            }

            i = end;
        }

        FlushMedia();
        writer.WriteEndArray();
    }

    /// <summary>Assistant turns that stand for one message: everything up to the calls and between them. Two that only speak stay two.</summary>
    private static bool OneMessage(List<Turn> turns, int start, int next)
    {
        var called = false;
        var spoke = false;
        for (var i = start; i < next; i++)
        {
            called |= turns[i].Blocks.Exists(static block => block is ToolCallBlock);
            spoke |= turns[i].Blocks.Exists(static block => block is TextBlock or RefusalBlock);
        }

        return called || !spoke || !turns[next].Blocks.Exists(static block => block is TextBlock or RefusalBlock);
    }

    private void WriteSystem()
    {
        var system = exchange.Request.System;
        var carried = _parts.Carried(system);
        if (carried.Count == 0) return;
        writer.WriteStartObject();
        writer.WriteString("role"u8, "system"u8);
        var given = new HashSet<string>();
        var parted = false;
        foreach (var block in system)
        {
            if (block.Extras is null) continue;
            exchange.Losses.DropForeign(block.Extras, Protocol.OpenAiChat, "system");
            foreach (var extra in block.Extras)
            {
                if (extra.Protocol != Protocol.OpenAiChat) continue;
                parted |= !extra.Name.StartsWith(OfMessage, StringComparison.Ordinal);
                if (!extra.Name.StartsWith(OfMessage, StringComparison.Ordinal)) continue;
                // Several leading messages become one: what both say can be said once.
                if (!given.Add(extra.Name)) exchange.Losses.Drop("messages[]." + extra.Name[OfMessage.Length..], "system messages are sent as one");
                else extra.Value.WriteTo(writer, Encoding.UTF8.GetBytes(extra.Name[OfMessage.Length..]));
            }
        }

        writer.WritePropertyName("content"u8);
        _parts.WriteContent(carried, withExtras: parted);
        writer.WriteEndObject();
    }

    /// <summary>OpenAI refuses JSON mode where no message says "JSON": its own clients know, Gemini's do not have to.</summary>
    private void WriteJsonWord()
    {
        if (exchange.Request is not { Output.Kind: OutputKind.Json, Source: Protocol.Gemini }) return;
        writer.WriteStartObject();
        writer.WriteString("role"u8, "system"u8);
        writer.WriteString("content"u8, "Answer in JSON."u8);
        writer.WriteEndObject();
    }

    private void WriteUsers(List<Turn> turns, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            foreach (var block in turns[i].Blocks)
            {
                if (block is ToolResultBlock result) WriteResult(result, turns[i]);
            }
        }

        FlushMedia();
        for (var i = start; i < end; i++)
        {
            var rest = turns[i].Blocks;
            if (rest.Exists(static block => block is ToolResultBlock))
            {
                rest = rest.FindAll(static block => block is not ToolResultBlock);
                if (rest.Count == 0) continue;
            }

            WriteMessage("user"u8, turns[i], rest);
        }
    }

    private void WriteMessage(ReadOnlySpan<byte> role, Turn turn, List<Block> blocks)
    {
        var carried = _parts.Carried(blocks);
        if (carried.Count == 0 && blocks.Count > 0)
        {
            // Nothing is left of it: the user's turn keeps its place, the operator's is not missed.
            if (turn.Role != Role.User) return;
            exchange.Losses.Approximate("messages[]", "nothing of the message could be carried; a placeholder stands for it");
            carried = [new TextBlock(JsonText.From(ConversationPreparation.Empty))];
        }

        writer.WriteStartObject();
        writer.WriteString("role"u8, role);
        if (turn.Name is { } name) writer.WriteString("name"u8, name);
        WriteExtras(turn);
        writer.WritePropertyName("content"u8);
        _parts.WriteContent(carried);
        writer.WriteEndObject();
    }

    private void WriteResult(ToolResultBlock result, Turn turn)
    {
        var id = _ids.Upstream(result.CallId);
        writer.WriteStartObject();
        writer.WriteString("role"u8, "tool"u8);
        writer.WriteString("tool_call_id"u8, id);
        if (turn.Blocks.Count == 1) WriteExtras(turn);
        var texts = new List<Block>();
        var others = _media.Count;
        foreach (var block in result.Content)
        {
            switch (block)
            {
                case TextBlock or OpaqueBlock:
                    texts.Add(block);
                    break;
                case RefusalBlock refusal:
                    texts.Add(new TextBlock(refusal.Text) { Cache = block.Cache, Extras = block.Extras });
                    break;
                case DocumentBlock { Source.Text.IsEmpty: false } document:
                    AddDocument(document, texts);
                    break;
                default:
                    exchange.Losses.Approximate("messages[].content[].tool_result", "a picture or file in a tool's result: it follows in a user message");
                    _media.Add(($"From the result of tool call {id}:", block));
                    break;
            }
        }

        var carried = _parts.Carried(texts);
        if (carried.Count == 0 && texts.Exists(static block => block is OpaqueBlock)) carried = [new TextBlock(JsonText.From(ConversationPreparation.Empty))];
        texts = ReferenceEquals(carried, texts) ? texts : [.. carried];
        if (texts.Count == 0 && _media.Count > others) texts.Add(new TextBlock(JsonText.From("The result follows in the next user message.")));
        if (texts.Count == 0 && !result.Value.IsEmpty) texts.Add(new TextBlock(JsonText.FromUtf8(result.Value.Bytes)));
        if (result.IsError) MarkError(texts);
        if (dialect.TakesCacheControl && result.Cache is { } cache && texts.Count > 0) texts[^1].Cache ??= cache;
        writer.WritePropertyName("content"u8);
        _parts.WriteResult(texts);
        writer.WriteEndObject();
    }

    /// <summary>A document's text with what is said about it, as its part would tell it.</summary>
    private void AddDocument(DocumentBlock document, List<Block> texts)
    {
        if (document.Citations == true) exchange.Losses.Drop("messages[].content[].citations", "Chat cites no documents");
        if (document.Context is { } context) texts.Add(new TextBlock(JsonText.From(context)));
        if (document.Title is { } title) texts.Add(new TextBlock(JsonText.From($"Document: {title}")));
        texts.Add(new TextBlock(document.Source.Text) { Cache = document.Cache, Extras = document.Extras });
    }

    private void MarkError(List<Block> texts)
    {
        exchange.Losses.Approximate("messages[].content[].is_error", "Chat has no mark for a failed tool: the text says it");
        if (texts.Count > 0 && texts[0] is TextBlock first)
        {
            var words = first.Text.ToUtf8().Span;
            if (words.IndexOf("rror"u8) is >= 0 and < 32) return;
        }

        texts.Insert(0, new TextBlock(JsonText.From("The tool failed:")));
    }

    private void FlushMedia()
    {
        if (_media.Count == 0) return;
        writer.WriteStartObject();
        writer.WriteString("role"u8, "user"u8);
        writer.WriteStartArray("content"u8);
        string? caption = null;
        foreach (var (words, media) in _media)
        {
            if (words != caption) _parts.WriteText(caption = words);
            _parts.WritePart(media);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        _media.Clear();
    }

    private void WriteAssistant(List<Turn> turns, int start, int end)
    {
        var message = new ChatAssistantBlocks();
        var inRound = start > 0 && turns[start - 1].Blocks.Exists(static block => block is ToolResultBlock);
        for (var i = start; i < end; i++)
        {
            foreach (var block in turns[i].Blocks)
            {
                if (block is ImageBlock or AudioBlock or VideoBlock or DocumentBlock)
                {
                    exchange.Losses.Approximate("messages[].content[]", "media of the assistant: it follows in a user message");
                    _media.Add(("Made by the assistant before:", block));
                }
                else if (!message.Take(block)) exchange.Losses.Drop("messages[].content[]", $"{Kind(block)} is not known to Chat");
            }
        }

        if (!message.HasContent(dialect))
        {
            exchange.Losses.Approximate("messages[]", "an assistant's message that says nothing is left out");
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("role"u8, "assistant"u8);
        for (var i = start; i < end; i++)
        {
            if (i == start)
            {
                if (turns[i].Name is { } name) writer.WriteString("name"u8, name);
                WriteExtras(turns[i]);
            }
            else if (turns[i].Extras is { Count: > 0 }) exchange.Losses.Drop("messages[]", "fields of an assistant message that is sent as one with the message before it");
        }

        message.Write(writer, exchange, dialect, _parts, _ids, inRound);
        writer.WriteEndObject();
    }

    private static string Kind(Block block) => block switch
    {
        HostedToolCallBlock hosted => $"a call of the hosted tool {hosted.Tool}",
        HostedToolResultBlock hosted => $"a result of the hosted tool {hosted.Tool}",
        OpaqueBlock opaque => opaque.Type,
        _ => block.GetType().Name,
    };

    private void WriteExtras(Turn turn)
    {
        ChatWriting.WriteExtras(writer, turn.Extras);
        exchange.Losses.DropForeign(turn.Extras, Protocol.OpenAiChat, "messages[]");
    }
}
