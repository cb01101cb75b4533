using System.Text.Json;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Wire.Gemini;

/// <summary>
/// Writes <c>systemInstruction</c> and <c>contents</c>: roles take turns, the results of a turn's calls stand together right behind it,
/// in the order of the calls, and nothing empty is sent.
/// </summary>
internal sealed class GeminiContentWriter(Utf8JsonWriter writer, Exchange exchange)
{
    private readonly Dictionary<string, ToolCallBlock> _calls = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ToolResultBlock> _results = new(StringComparer.Ordinal);
    private readonly GeminiBlockWriter _blocks = new(writer, exchange);
    private bool _open;

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

            if (!_open)
            {
                writer.WriteStartObject("systemInstruction"u8);
                writer.WriteStartArray("parts"u8);
                _open = true;
            }

            _blocks.Write(text, ofModel: false);
        }

        if (!_open) return;
        _open = false;
        writer.WriteEndArray();
        GeminiRequestWriter.WriteExtras(writer, exchange.Request, "systemInstruction.");
        writer.WriteEndObject();
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
        FindCalls();
        string? role = null;
        List<ToolCallBlock> asked = [];
        foreach (var turn in exchange.Request.Turns)
        {
            exchange.Losses.DropForeign(turn.Extras, Language.Gemini, "messages");
            foreach (var extra in turn.Extras ?? [])
            {
                if (extra.Language == Language.Gemini) exchange.Losses.Drop("contents[]." + extra.Name, "not known");
            }

            if (turn.Name is not null) exchange.Losses.Drop("messages.name", "Gemini knows no names of speakers");
            var next = turn.Role == Role.Assistant ? "model" : "user";
            if (turn.Role is Role.System or Role.Developer) exchange.Losses.Approximate("messages.system", "system text in the middle of the conversation is put as the user's");
            if (next != role)
            {
                Close();
                role = next;
                if (next == "user") WriteResults(asked);
                else _blocks.BeginModelTurn();
                asked = [];
            }

            foreach (var block in turn.Blocks)
            {
                if (block.Cache is not null) exchange.Losses.Drop("cache_control", "Gemini caches prompts of its own accord");
                if (block is ToolResultBlock result && _calls.ContainsKey(result.CallId)) continue;
                if (block is ToolCallBlock call && next == "model") asked.Add(call);
                WriteBlock(next, block);
            }
        }

        Close();
    }

    private void FindCalls()
    {
        foreach (var turn in exchange.Request.Turns)
        {
            foreach (var block in turn.Blocks)
            {
                if (block is ToolCallBlock call && turn.Role == Role.Assistant) _calls[call.Id] = call;
                // A result given twice: the later one is the client's last word.
                else if (block is ToolResultBlock result) _results[result.CallId] = result;
            }
        }
    }

    private void WriteResults(List<ToolCallBlock> asked)
    {
        if (asked.Count == 0) return;
        List<Block> media = [];
        foreach (var call in asked)
        {
            Open("user");
            if (_results.TryGetValue(call.Id, out var result))
            {
                if (result.Cache is not null) exchange.Losses.Drop("cache_control", "Gemini caches prompts of its own accord");
                _blocks.WriteResult(call, result, media);
                continue;
            }

            // Gemini refuses a turn of calls that does not get as many results.
            exchange.Losses.Approximate("messages", $"the call of {call.Name} has no result; Gemini is told so");
            _blocks.WriteMissingResult(call);
        }

        foreach (var block in media) WriteBlock("user", block);
    }

    private void WriteBlock(string role, Block block)
    {
        if (!_blocks.CanWrite(block)) return;
        Open(role);
        _blocks.Write(block, role == "model");
    }

    private void Open(string role)
    {
        if (_open) return;
        _open = true;
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
