using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Upstream;

/// <summary>
/// Writes <c>systemInstruction</c> and <c>contents</c> of a prepared request (<see cref="ConversationPreparation"/>): roles take turns, the
/// user begins, and nothing empty is sent.
/// </summary>
internal sealed class GeminiContentWriter(Utf8JsonWriter writer, TranslationContext exchange)
{
    private readonly GeminiBlockWriter _blocks = new(writer, exchange);
    private bool _open;
    private bool _any;

    public void WriteSystem()
    {
        foreach (var block in exchange.Request.System)
        {
            if (block.Cache is not null) exchange.Losses.Drop("cache_control", "Gemini caches prompts of its own accord");
            if (block is not TextBlock { Text.IsEmpty: false } text)
            {
                if (block is not TextBlock) exchange.Losses.Drop("system", "Gemini's system instruction is text");
                continue;
            }

            OpenSystem();
            _blocks.Write(text);
        }

        if (GeminiAnswerFormat.IsInWords(exchange))
        {
            OpenSystem();
            _blocks.Write(new TextBlock(AnswerFormats.InWords(exchange.Request.Output!)));
            exchange.Losses.Approximate("response_format", $"{exchange.Model.Id} takes no answer format beside tools; it is asked for in words");
        }

        if (!_open) return;
        _open = false;
        writer.WriteEndArray();
        GeminiRequestWriter.WriteExtras(writer, exchange.Request, "systemInstruction.");
        writer.WriteEndObject();
    }

    private void OpenSystem()
    {
        if (_open) return;
        writer.WriteStartObject("systemInstruction"u8);
        writer.WriteStartArray("parts"u8);
        _open = true;
    }

    public void WriteContents(bool speaks)
    {
        writer.WriteStartArray("contents"u8);
        if (speaks) WriteTurns();
        else
        {
            foreach (var block in exchange.Request.System) WriteBlock("user", block);
            Close();
        }

        writer.WriteEndArray();
    }

    private void WriteTurns()
    {
        var calls = Calls();
        string? role = null;
        foreach (var turn in exchange.Request.Turns)
        {
            exchange.Losses.DropForeign(turn.Extras, Protocol.Gemini, "messages");
            foreach (var extra in turn.Extras ?? [])
            {
                if (extra.Protocol == Protocol.Gemini) exchange.Losses.Drop("contents[]." + extra.Name, "not known");
            }

            if (turn.Name is not null) exchange.Losses.Drop("messages.name", "Gemini knows no names of speakers");
            var next = turn.Role == Role.Assistant ? "model" : "user";
            if (next != role)
            {
                Close();
                role = next;
                if (next == "model") _blocks.BeginModelTurn();
            }

            WriteTurn(turn, next, calls);
        }

        Close();
        // Whatever was said could not be carried, and Gemini wants contents.
        if (!_any) WriteBlock("user", new TextBlock(JsonText.From(ConversationPreparation.Empty)));
        Close();
    }

    private void WriteTurn(Turn turn, string role, Dictionary<string, ToolCallBlock> calls)
    {
        List<Block>? media = null;
        foreach (var block in turn.Blocks)
        {
            if (block.Cache is not null) exchange.Losses.Drop("cache_control", "Gemini caches prompts of its own accord");
            if (block is ToolResultBlock result && calls.TryGetValue(result.CallId, out var call))
            {
                Open(role);
                _blocks.WriteResult(call, result, media ??= []);
                continue;
            }

            // Media of the results stand behind the last of them, which no other part may divide.
            WriteMedia(ref media, role);
            WriteBlock(role, block);
        }

        WriteMedia(ref media, role);
    }

    private void WriteMedia(ref List<Block>? media, string role)
    {
        foreach (var block in media ?? []) WriteBlock(role, block);
        media = null;
    }

    /// <summary>The calls by their ids: a response bears the name of its function.</summary>
    private Dictionary<string, ToolCallBlock> Calls()
    {
        var calls = new Dictionary<string, ToolCallBlock>(StringComparer.Ordinal);
        foreach (var turn in exchange.Request.Turns)
        {
            foreach (var block in turn.Blocks)
            {
                if (block is ToolCallBlock call) calls[call.Id] = call;
            }
        }

        return calls;
    }

    private void WriteBlock(string role, Block block)
    {
        if (!_blocks.CanWrite(block)) return;
        Open(role);
        _blocks.Write(block);
    }

    private void Open(string role)
    {
        if (_open) return;
        if (!_any && role == "model")
        {
            _any = true;
            exchange.Losses.Approximate("messages", "the conversation must begin with the user; a placeholder turn was put first");
            WriteBlock("user", new TextBlock(JsonText.From(ConversationPreparation.Continued)));
            Close();
        }

        _any = _open = true;
        writer.WriteStartObject();
        writer.WriteString("role"u8, role);
        writer.WriteStartArray("parts"u8);
    }

    private void Close()
    {
        if (!_open) return;
        _open = false;
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
