using System.Globalization;
using System.Text;
using Dragoman.Gateway.Flows;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Management.Flows.Export;

/// <summary>A conversation as Markdown.</summary>
internal static class TranscriptMarkdown
{
    public static void Write(StringBuilder text, ConversationRequest request)
    {
        if (request.System.Count > 0)
        {
            text.Append("\n## System\n\n");
            WriteBlocks(text, request.System);
        }

        if (request.Tools.Count > 0) text.Append(CultureInfo.InvariantCulture, $"\nTools: {string.Join(", ", request.Tools.Select(tool => $"`{tool.Name}`"))}\n");
        foreach (var turn in request.Turns)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {turn.Role}\n\n");
            WriteBlocks(text, turn.Blocks);
        }
    }

    public static void Write(StringBuilder text, Answer answer)
    {
        text.Append("\n## Answer\n\n");
        WriteBlocks(text, answer.Blocks);
        text.Append(answer.Error is { } error ? $"\nInterrupted: {error.Message}\n" : $"\nEnded: {answer.Finish.Reason}\n");
    }

    public static void Fence(StringBuilder text, string protocol, string content)
    {
        var fence = "```";
        while (content.Contains(fence, StringComparison.Ordinal)) fence += "`";
        text.Append(fence).Append(protocol).Append('\n').Append(content.TrimEnd('\n')).Append('\n').Append(fence).Append('\n');
    }

    private static void WriteBlocks(StringBuilder text, IEnumerable<Block> blocks)
    {
        foreach (var block in blocks)
        {
            switch (block)
            {
                case TextBlock said:
                    text.Append(said.Text.ToString().TrimEnd()).Append("\n\n");
                    break;
                case RefusalBlock refusal:
                    text.Append("Refused: ").Append(refusal.Text.ToString()).Append("\n\n");
                    break;
                case ReasoningBlock { Text.IsEmpty: false } reasoning:
                    foreach (var line in reasoning.Text.ToString().TrimEnd().Split('\n')) text.Append("> ").Append(line).Append('\n');
                    text.Append('\n');
                    break;
                case ToolCallBlock call:
                    text.Append(CultureInfo.InvariantCulture, $"Calls `{call.Name}` ({call.Id}):\n\n");
                    Fence(text, call.IsCustom ? "" : "json", call.Arguments.ToString());
                    text.Append('\n');
                    break;
                case ToolResultBlock result:
                    text.Append(CultureInfo.InvariantCulture, $"Result of {result.CallId}{(result.IsError ? ", an error" : "")}:\n\n");
                    Fence(text, "", result.Value.IsEmpty ? FlowReading.TextOf(result.Content) : result.Value.ToString());
                    text.Append('\n');
                    break;
                case ReasoningBlock:
                    break;
                default:
                    text.Append(CultureInfo.InvariantCulture, $"*({block.GetType().Name.Replace("Block", "", StringComparison.Ordinal).ToLowerInvariant()})*\n\n");
                    break;
            }
        }
    }
}
