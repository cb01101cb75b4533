using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>Reads a message's content: a string, or parts of Chat's, Responses' or Anthropic's making.</summary>
internal sealed class ChatParts(string path, ChatMessages? messages = null)
{
    public void Read(JsonSlice content, List<Block> into)
    {
        if (content.IsEmpty || content.IsNull) return;
        if (content.IsString)
        {
            var text = ChatJson.TextOf(content);
            if (!text.IsEmpty) into.Add(new TextBlock(text));
            return;
        }

        if (content.IsObject)
        {
            // A single part that was not put into a list.
            var one = content.Read();
            one.Read();
            Add(ref one, content.Bytes, into, path);
            return;
        }

        if (!content.IsArray) throw ChatJson.WrongType(path, "a string or an array of objects", content);
        var reader = content.Read();
        reader.Read();
        for (var i = 0; reader.NextElement(); i++)
        {
            if (reader.TokenType == JsonTokenType.String) into.Add(new TextBlock(JsonText.From(ref reader, content.Bytes)));
            else if (reader.TokenType == JsonTokenType.StartObject) Add(ref reader, content.Bytes, into, $"{path}[{i}]");
            else throw ChatJson.WrongType($"{path}[{i}]", "an object", JsonSlice.From(ref reader, content.Bytes));
        }
    }

    private void Add(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source, List<Block> into, string at)
    {
        var start = checked((int)reader.TokenStartIndex);
        var part = default(ChatPart);
        part.Read(ref reader, source);
        var raw = new JsonSlice(source[start..checked((int)reader.BytesConsumed)]);
        var block = Make(ref part, raw, at);
        if (block is null) return;
        block.Cache = part.Cache;
        if (!part.Signature.IsEmpty && block is not ReasoningBlock) block.PartSignature = part.Signature;
        if (block is not OpaqueBlock) block.Extras = part.Extras;
        into.Add(block);
    }

    private Block? Make(ref ChatPart part, JsonSlice raw, string at)
    {
        switch (part.Type)
        {
            case "text" or "input_text" or "output_text" or "summary_text" or null when part.HasText:
                return part.Text.IsEmpty ? null : new TextBlock(part.Text);
            case "refusal":
                return new RefusalBlock(part.Text);
            case "image_url" or "input_image" or "image":
                return new ImageBlock(ChatMedia.Source(ref part, at, "image")) { Detail = part.Detail };
            case "input_audio" or "audio_url":
                return new AudioBlock(ChatMedia.Source(ref part, at, "audio"));
            case "video_url" or "input_video":
                return new VideoBlock(ChatMedia.Source(ref part, at, "video"));
            case "file" or "input_file" or "document":
                return new DocumentBlock(ChatMedia.Source(ref part, at, "file")) { Title = part.FileName, Context = part.Context, Citations = part.Citations };
            case "tool_use":
                return new ToolCallBlock(part.Id ?? "", part.Name ?? throw Missing(at, "name"), ToolArguments.FromValue(part.Input));
            case "tool_result":
                return ToolResult(ref part, at);
            case "thinking":
                return new ReasoningBlock { Text = part.ThinkingText(), Signature = part.Signature, Family = part.Signature.IsEmpty ? SignatureFamily.Unknown : SignatureFamily.Claude };
            case "redacted_thinking":
                return new ReasoningBlock { Signature = part.Data, IsRedacted = true, Family = SignatureFamily.Claude };
            case null:
                throw Missing(at, "type");
            default:
                return new OpaqueBlock(Protocol.OpenAiChat, part.Type, raw);
        }
    }

    private ToolResultBlock ToolResult(ref ChatPart part, string at)
    {
        var content = new List<Block>();
        new ChatParts(at + ".content").Read(part.Content, content);
        var id = part.ToolUseId ?? throw Missing(at, "tool_use_id");
        return messages?.Result(id, content, part.IsError) ?? new ToolResultBlock(id, content) { IsError = part.IsError };
    }

    private static WireException Missing(string at, string name)
        => WireException.Invalid($"Missing required parameter: '{at}.{name}'.", $"{at}.{name}", "missing_required_parameter");
}
