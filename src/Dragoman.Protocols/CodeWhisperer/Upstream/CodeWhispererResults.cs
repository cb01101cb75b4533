using System.Text.Json;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>Writes the results of tools: text only, each call's once. Images in them move to the message that the results stand in.</summary>
internal sealed class CodeWhispererResults(TranslationContext exchange, CodeWhispererText text, HashSet<string> tornCalls)
{
    /// <summary>The words of a result.</summary>
    public static string Join(ToolResultBlock result)
    {
        var words = string.Join('\n', result.Content.Select(static part => part switch
        {
            TextBlock said => said.Text.ToString(),
            ImageBlock => "[image]",
            DocumentBlock document when !document.Source.Text.IsEmpty => document.Source.Text.ToString(),
            _ => "[file]",
        }));
        if (words.Length == 0 && !result.Value.IsEmpty) words = result.Value.ToString();
        return words.Length == 0 ? ConversationPreparation.Empty : words;
    }

    public void Write(Utf8JsonWriter writer, List<(Block Block, string Path)> blocks)
    {
        writer.WriteStartArray("toolResults"u8);
        foreach (var (block, path) in blocks)
        {
            if (block is ToolResultBlock result) Write(writer, result, path);
        }

        writer.WriteEndArray();
    }

    private void Write(Utf8JsonWriter writer, ToolResultBlock result, string path)
    {
        var torn = tornCalls.Contains(result.CallId);
        writer.WriteStartObject();
        writer.WriteString("toolUseId"u8, CodeWhispererNames.Call(result.CallId));
        writer.WriteStartArray("content"u8);
        writer.WriteStartObject();
        if (!torn && result.Content.Count == 0 && result.Value.IsObject && LoneSurrogates.Find(result.Value.Bytes.Span) < 0)
        {
            result.Value.WriteTo(writer, "json"u8);
        }
        else
        {
            Compose(result, torn, path);
            text.WriteTo(writer, "text"u8, "(empty)"u8);
        }

        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteString("status"u8, result.IsError || torn ? "error"u8 : "success"u8);
        writer.WriteEndObject();
    }

    private void Compose(ToolResultBlock result, bool torn, string path)
    {
        text.Begin();
        if (torn)
        {
            exchange.Losses.Approximate(path, "the call's arguments were cut off; a note for the model stands before the result");
            text.Append("[API Limitation] The previous call was cut off by the upstream's output limit. Split the work into smaller calls."u8);
        }

        for (var i = 0; i < result.Content.Count; i++)
        {
            switch (result.Content[i])
            {
                case TextBlock said:
                    Line(said.Text);
                    break;
                case ImageBlock:
                    exchange.Losses.Approximate($"{path}.content[{i}]", "an image in a tool's result is shown beside it");
                    Line(JsonText.From("[image: see the images of this message]"));
                    break;
                case DocumentBlock { Source.Text.IsEmpty: false } document:
                    exchange.Losses.Approximate($"{path}.content[{i}]", "Kiro takes no documents: its text is sent as words");
                    if (document.Citations == true) exchange.Losses.Drop($"{path}.content[{i}].citations", "the model does not cite");
                    Line(document.Source.Text);
                    break;
                case var other:
                    exchange.Losses.Drop($"{path}.content[{i}]", "not allowed inside a tool's result");
                    if (other is DocumentBlock) Line(JsonText.From("[document]"));
                    break;
            }
        }

        if (result.Content.Count == 0 && !result.Value.IsEmpty && !result.Value.IsNull) Line(JsonText.FromUtf8(result.Value.Bytes));
    }

    private void Line(JsonText line)
    {
        if (line.IsEmpty) return;
        if (!text.IsEmpty) text.Append("\\n"u8);
        text.Add(line);
    }
}
