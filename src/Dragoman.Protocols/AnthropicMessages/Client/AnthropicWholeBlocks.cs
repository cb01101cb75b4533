using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.AnthropicMessages.Client;

/// <summary>
/// What both answer writers know of blocks that come whole: how each is spelled here, and which searches of another protocol's upstream
/// still lack the result block that clients of this protocol wait for.
/// </summary>
internal sealed class AnthropicWholeBlocks(TranslationContext exchange)
{
    private readonly List<string> _unanswered = [];
    private readonly List<Citation> _cited = [];

    /// <summary>Whether searches wait for a result block.</summary>
    public bool HasUnanswered => _unanswered.Count > 0;

    /// <summary>Notes a citation: what a search cited is the best that is known of what it found.</summary>
    public void Note(Citation citation)
    {
        if (citation.Origin != Protocol.AnthropicMessages && citation.Url is not null) _cited.Add(citation);
    }

    /// <summary>Whether the block can be shown; otherwise the loss has been reported.</summary>
    public bool CanWrite(Block block)
    {
        switch (block)
        {
            case HostedToolCallBlock { Origin: Protocol.AnthropicMessages, Raw.IsEmpty: false }:
            case HostedToolResultBlock { Origin: Protocol.AnthropicMessages, Raw.IsEmpty: false }:
            case OpaqueBlock { Origin: Protocol.AnthropicMessages }:
            case HostedToolCallBlock { Tool: HostedTools.WebSearch }:
            case HostedToolResultBlock { Tool: HostedTools.WebSearch }:
            case TextBlock or RefusalBlock:
                return true;
            default:
                exchange.Losses.Drop($"answer.{NameOf(block)}", "Messages answers have no such block");
                return false;
        }
    }

    /// <summary>Writes the block as it stands in a whole answer, or at the start of a stream's block (<paramref name="atStart"/>: a call's input is then empty).</summary>
    public void Write(Utf8JsonWriter writer, Block block, bool atStart)
    {
        switch (block)
        {
            case HostedToolCallBlock call:
                WriteCall(writer, call, atStart);
                break;
            case HostedToolResultBlock { Raw.IsEmpty: false, Origin: Protocol.AnthropicMessages } result:
                result.Raw.OnOneLine().WriteTo(writer);
                break;
            case HostedToolResultBlock result:
                _unanswered.Remove(result.CallId);
                WriteResult(writer, result.CallId, result.Sources ?? [], result.Error);
                break;
            case OpaqueBlock opaque:
                opaque.Raw.OnOneLine().WriteTo(writer);
                break;
            default:
                writer.WriteStartObject();
                writer.WriteString("type"u8, "text"u8);
                (block is TextBlock text ? text.Text : ((RefusalBlock)block).Text).WriteTo(writer, "text"u8);
                writer.WriteEndObject();
                break;
        }
    }

    /// <summary>Writes the result of the next unanswered search: the first gets every page that was cited, the others none.</summary>
    public void WriteNextResult(Utf8JsonWriter writer)
    {
        var id = _unanswered[0];
        _unanswered.RemoveAt(0);
        WriteResult(writer, id, _cited, null);
        _cited.Clear();
    }

    private static void WriteResult(Utf8JsonWriter writer, string callId, IEnumerable<Citation> pages, string? error)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "web_search_tool_result"u8);
        writer.WriteString("tool_use_id"u8, AnthropicIds.ForeignHostedToWire(callId));
        writer.WritePropertyName("content"u8);
        AnthropicCitations.WriteSearchContent(writer, pages, error);
        writer.WriteEndObject();
    }

    private void WriteCall(Utf8JsonWriter writer, HostedToolCallBlock call, bool atStart)
    {
        var own = call is { Origin: Protocol.AnthropicMessages, Raw.IsEmpty: false };
        if (own && !atStart)
        {
            call.Raw.OnOneLine().WriteTo(writer);
            return;
        }

        if (!own) _unanswered.Add(call.Id);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "server_tool_use"u8);
        writer.WriteString("id"u8, own ? call.Id : AnthropicIds.ForeignHostedToWire(call.Id));
        writer.WriteString("name"u8, call.Tool);
        writer.WritePropertyName("input"u8);
        if (atStart || !call.Input.IsObject) writer.WriteRawValue("{}"u8, skipInputValidation: true);
        else call.Input.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static string NameOf(Block block) => block switch
    {
        ImageBlock => "image",
        AudioBlock => "audio",
        HostedToolCallBlock call => call.Tool,
        HostedToolResultBlock result => result.Tool,
        OpaqueBlock opaque => opaque.Type,
        _ => "block",
    };
}
