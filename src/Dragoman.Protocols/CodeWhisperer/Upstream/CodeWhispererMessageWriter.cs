using System.Text.Json;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>Writes messages, each as one text with its images, calls and results beside it. No text is ever empty, and no list.</summary>
internal sealed class CodeWhispererMessageWriter(TranslationContext exchange, CodeWhispererOptions options, HashSet<string> tornCalls) : IDisposable
{
    private readonly CodeWhispererText _text = new(exchange);
    private readonly CodeWhispererImages _images = new(exchange);
    private readonly string _model = CodeWhispererModelName.Normalize(exchange.Model.Id);

    /// <summary>Words that stand before the first message of the user, or empty.</summary>
    public JsonText Prefix { get; set; }

    /// <summary>Writes a message of the history, or, with the tools, the current one.</summary>
    public void Write(Utf8JsonWriter writer, CodeWhispererMessage message, CodeWhispererTools? tools)
    {
        writer.WriteStartObject();
        if (message.IsUser) WriteUser(writer, message, tools);
        else WriteAssistant(writer, message);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public void Dispose() => _text.Dispose();

    private void WriteUser(Utf8JsonWriter writer, CodeWhispererMessage message, CodeWhispererTools? tools)
    {
        writer.WriteStartObject("userInputMessage"u8);
        _text.Begin();
        _text.AddParagraph(Prefix);
        Prefix = default;
        foreach (var (block, _) in message.Blocks)
            if (block is TextBlock text) _text.AddParagraph(text.Text);
        _text.WriteTo(writer, "content"u8, message.HasImages ? "(image)"u8 : "Continue"u8);
        writer.WriteString("modelId"u8, _model);
        writer.WriteString("origin"u8, options.Origin);
        _images.Write(writer, message);
        var results = message.HasResults;
        if (results || tools is { Any: true })
        {
            writer.WriteStartObject("userInputMessageContext"u8);
            if (results) new CodeWhispererResults(exchange, _text, tornCalls).Write(writer, message.Blocks);
            tools?.Write(writer);
            writer.WriteEndObject();
        }

        WriteCachePoint(writer, message);
        writer.WriteEndObject();
    }

    private void WriteAssistant(Utf8JsonWriter writer, CodeWhispererMessage message)
    {
        writer.WriteStartObject("assistantResponseMessage"u8);
        _text.Begin();
        var calls = false;
        foreach (var (block, _) in message.Blocks)
        {
            calls |= block is ToolCallBlock;
            if (block is TextBlock text) _text.AddParagraph(text.Text);
            if (block is not ReasoningBlock { Signature.IsEmpty: true } thought) continue;
            _text.AddParagraph(JsonText.From("<thinking>"));
            _text.Add(thought.Text);
            _text.Append("</thinking>"u8);
        }

        _text.WriteTo(writer, "content"u8, "."u8);
        if (calls) WriteCalls(writer, message);
        foreach (var (block, _) in message.Blocks)
        {
            if (block is not ReasoningBlock { Signature.IsEmpty: false } reasoning) continue;
            WriteReasoning(writer, reasoning);
            break;
        }

        WriteCachePoint(writer, message);
        writer.WriteEndObject();
    }

    private void WriteCalls(Utf8JsonWriter writer, CodeWhispererMessage message)
    {
        writer.WriteStartArray("toolUses"u8);
        foreach (var (block, path) in message.Blocks)
        {
            if (block is not ToolCallBlock call) continue;
            writer.WriteStartObject();
            writer.WriteString("toolUseId"u8, CodeWhispererNames.Call(call.Id));
            writer.WriteString("name"u8, CodeWhispererNames.Tool(exchange, call.Name));
            writer.WritePropertyName("input"u8);
            if (call.IsCustom) call.Arguments.WriteWrapped(writer);
            else if (!call.Arguments.WriteAsObject(writer)) exchange.Losses.Approximate($"{path}.arguments", "not a JSON object: wrapped into one");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteReasoning(Utf8JsonWriter writer, ReasoningBlock reasoning)
    {
        writer.WriteStartObject("reasoningContent"u8);
        if (reasoning.IsRedacted)
        {
            reasoning.Signature.WriteTo(writer, "redactedContent"u8);
        }
        else
        {
            writer.WriteStartObject("reasoningText"u8);
            reasoning.Text.WriteTo(writer, "text"u8);
            reasoning.Signature.WriteTo(writer, "signature"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteCachePoint(Utf8JsonWriter writer, CodeWhispererMessage message)
    {
        if (!message.IsCached) return;
        writer.WriteStartObject("cachePoint"u8);
        writer.WriteString("type"u8, "default"u8);
        writer.WriteEndObject();
    }
}
