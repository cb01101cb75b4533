using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.Copilot;

/// <summary>
/// Who has begun a turn. Copilot counts a premium request for every turn that a user begins and none for those in which an agent goes on by itself (<c>X-Initiator</c>): what says
/// <c>agent</c> too often breaks its policy, and what says <c>user</c> too often costs money. The last thing of the conversation decides: what a tool brought back is the agent's turn.
/// </summary>
internal static class CopilotInitiator
{
    /// <summary>Whether an agent goes on: a request in any of the three protocols ends with a tool's result. A body that cannot be read is a user's.</summary>
    public static bool IsAgent(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8TokenReader(body, JsonReading.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.NextProperty())
            {
                // messages: Chat and Messages; input: Responses.
                var isConversation = reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("input"u8);
                reader.Read();
                if (isConversation && reader.TokenType == JsonTokenType.StartArray) return EndsWithResult(ref reader);
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // The upstream will say so.
        }

        return false;
    }

    private static bool EndsWithResult(ref Utf8TokenReader reader)
    {
        var last = false;
        while (reader.NextElement())
        {
            if (reader.TokenType == JsonTokenType.StartObject) last = IsResult(ref reader) ?? last;
            else reader.Skip();
        }

        return last;
    }

    /// <summary>Whether an item is what a tool brought back; null for instructions, which decide nothing.</summary>
    private static bool? IsResult(ref Utf8TokenReader reader)
    {
        var (isResult, isInstruction) = (false, false);
        while (reader.NextProperty())
        {
            var (isRole, isType, isContent) = (reader.ValueTextEquals("role"u8), reader.ValueTextEquals("type"u8), reader.ValueTextEquals("content"u8));
            reader.Read();
            if (isContent && reader.TokenType == JsonTokenType.StartArray) isResult |= HasResult(ref reader);
            else if (reader.TokenType == JsonTokenType.String && (isRole || isType))
            {
                isInstruction |= isRole && (reader.ValueTextEquals("system"u8) || reader.ValueTextEquals("developer"u8));
                isResult |= IsResultWord(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return isInstruction ? null : isResult;
    }

    /// <summary>Anthropic's results are blocks of a user's message.</summary>
    private static bool HasResult(ref Utf8TokenReader reader)
    {
        var found = false;
        while (reader.NextElement())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            while (reader.NextProperty())
            {
                var isType = reader.ValueTextEquals("type"u8);
                reader.Read();
                if (isType && reader.TokenType == JsonTokenType.String) found |= IsResultWord(ref reader);
                else reader.Skip();
            }
        }

        return found;
    }

    /// <summary>A role or a type of what a tool brought back, or of what an assistant has begun and goes on with. Responses has an output for each kind of call, and more of them with every year.</summary>
    private static bool IsResultWord(ref Utf8TokenReader reader) => reader.StringOrNull() is { } word
        && (word is "tool" or "function" or "assistant" or "tool_result" or "mcp_approval_response" || word.EndsWith("_output", StringComparison.Ordinal) || word.EndsWith("_tool_result", StringComparison.Ordinal));
}
