using System.Buffers;
using System.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// The input that ChatGPT's backend takes (wire notes codex-and-antigravity §B.3): a list of items, with no role <c>system</c>, no references to items that it would have to keep, and no ids of
/// items, which it would look for and not find.
/// </summary>
internal static class ChatGptInputEditor
{
    /// <summary>Items whose id names nothing that the rest of the conversation refers to.</summary>
    private static readonly string[] WithoutId =
    [
        "message", "reasoning", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output", "local_shell_call", "local_shell_call_output", "shell_call", "shell_call_output",
        "apply_patch_call", "apply_patch_call_output", "web_search_call", "tool_search_call", "tool_search_output", "compaction", "compaction_summary",
    ];

    /// <summary>Writes an input.</summary>
    public static void Write(ReadOnlyMemory<byte> value, IBufferWriter<byte> output, Losses losses)
    {
        switch (value.Span[0])
        {
            case (byte)'"':
                output.Write("[{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":"u8);
                output.Write(value.Span);
                output.Write("}]}]"u8);
                break;
            case (byte)'[':
                WriteItems(new JsonSlice(value), output, losses);
                break;
            default:
                output.Write(value.Span);
                break;
        }
    }

    private static void WriteItems(JsonSlice list, IBufferWriter<byte> output, Losses losses)
    {
        output.Write("["u8);
        var reader = list.Read();
        reader.Read();
        var isFirst = true;
        while (reader.NextElement())
        {
            var item = JsonSlice.From(ref reader, list.Bytes).Bytes.Span;
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            if (item is [(byte)'{', ..]) WriteItem(item, output, losses);
            else output.Write(item);
        }

        output.Write("]"u8);
    }

    private static void WriteItem(ReadOnlySpan<byte> item, IBufferWriter<byte> output, Losses losses)
    {
        var type = TopLevelJsonScanner.TextOf(item, "type"u8);
        if (type.SequenceEqual("item_reference"u8)) throw ChatGptRequestEditor.NothingKept();
        var losesId = LosesId(type);
        var isFirst = true;
        output.Write("{"u8);
        var scanner = new TopLevelJsonScanner(item);
        while (scanner.Next())
        {
            // As in requests that are translated: an id of an item is no part of the conversation.
            if (losesId && scanner.Name.SequenceEqual("id"u8)) continue;

            if (!isFirst) output.Write(","u8);
            isFirst = false;
            output.Write("\""u8);
            output.Write(scanner.Name);
            output.Write("\":"u8);
            // A developer is what the models take a system for.
            if (scanner.Name.SequenceEqual("role"u8) && scanner.Value.SequenceEqual("\"system\""u8)) output.Write("\"developer\""u8);
            else if (scanner.Name.SequenceEqual("content"u8) && scanner.Value.IndexOf("\"prompt_cache_breakpoint\""u8) >= 0) WriteParts(scanner.Value, output, losses);
            else output.Write(scanner.Value);
        }

        output.Write("}"u8);
    }

    private static bool LosesId(ReadOnlySpan<byte> type)
    {
        if (type.IsEmpty) return true;
        foreach (var known in WithoutId)
            if (Ascii.Equals(type, known)) return true;
        return false;
    }

    /// <summary>Parts without the marks where a prompt's cache is to end, which only OpenAI's own API takes.</summary>
    private static void WriteParts(ReadOnlySpan<byte> content, IBufferWriter<byte> output, Losses losses)
    {
        if (content is not [(byte)'[', ..])
        {
            output.Write(content);
            return;
        }

        output.Write("["u8);
        var reader = new Utf8TokenReader(content, JsonReading.Options);
        reader.Read();
        var isFirst = true;
        while (reader.NextElement())
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var part = content[start..(int)reader.BytesConsumed];
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            if (part is not [(byte)'{', ..])
            {
                output.Write(part);
                continue;
            }

            output.Write("{"u8);
            var isFirstMember = true;
            var scanner = new TopLevelJsonScanner(part);
            while (scanner.Next())
            {
                if (scanner.Name.SequenceEqual("prompt_cache_breakpoint"u8))
                {
                    losses.Drop("input[].content[].prompt_cache_breakpoint", "ChatGPT's backend does not take it");
                    continue;
                }

                if (!isFirstMember) output.Write(","u8);
                isFirstMember = false;
                output.Write("\""u8);
                output.Write(scanner.Name);
                output.Write("\":"u8);
                output.Write(scanner.Value);
            }

            output.Write("}"u8);
        }

        output.Write("]"u8);
    }
}
