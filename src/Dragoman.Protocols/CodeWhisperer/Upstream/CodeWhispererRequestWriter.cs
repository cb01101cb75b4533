using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>
/// Writes the body of GenerateAssistantResponse. The service has no memory: the whole history stands in each request. What it has no field for is said
/// in the system text or done here with the answer; the rest is reported.
/// </summary>
internal sealed class CodeWhispererRequestWriter
{
    private const string Accepted = "I will follow these instructions.";
    private readonly TranslationContext _exchange;
    private readonly ConversationRequest _request;
    private readonly CodeWhispererOptions _options;

    public CodeWhispererRequestWriter(TranslationContext exchange)
    {
        _exchange = exchange;
        exchange.Prepare(new ConversationRules { TextBeforeCalls = true });
        _request = exchange.Request;
        _options = CodeWhispererOptions.Of(exchange);
    }

    public void Write(IBufferWriter<byte> output)
    {
        HeldByProvider.Check(_request, Protocol.CodeWhisperer);
        CodeWhispererUnsaid.Report(_request, _exchange.Losses);
        var tools = new CodeWhispererTools(_exchange, _options);
        var thinking = CodeWhispererThinking.Decide(_exchange, _options);
        var conversation = new CodeWhispererConversation(_exchange, toolsAsText: !tools.Any, nativeReasoning: _options.Reasoning is CodeWhispererReasoning.Adaptive or CodeWhispererReasoning.Effort);
        var system = SystemText(thinking, tools, out var cachesSystem);
        var pair = _options.SystemPlacement == CodeWhispererSystemPlacement.Pair;
        if (!pair) conversation.Messages[0].IsCached |= cachesSystem;
        cachesSystem &= pair;
        PlaceCachePoints(conversation.Messages, hasPair: pair && !system.IsEmpty, ref cachesSystem);
        // Where the first message may be left out, the system text cannot stand in it.
        if (!Compose(output, conversation, tools, thinking, system, cachesSystem, pair)) Compose(output, conversation, tools, thinking, system, cachesSystem, pair: true);
        _exchange.Losses.DropForeign(_request, Protocol.CodeWhisperer);
    }

    /// <summary>Writes the body; false, and nothing is written, where the system text stands in a message that would have to be left out.</summary>
    private bool Compose(
        IBufferWriter<byte> output, CodeWhispererConversation conversation, CodeWhispererTools tools, CodeWhispererThinking thinking, JsonText system, bool cachesSystem, bool pair)
    {
        var current = conversation.Messages[^1];
        using var messages = new CodeWhispererMessageWriter(_exchange, _options, conversation.TornCalls);
        using var history = new CodeWhispererHistory();
        if (!pair) messages.Prefix = system;
        else if (!system.IsEmpty) AddSystem(system, cachesSystem, messages, history);
        for (var i = 0; i < conversation.Messages.Count - 1; i++) history.Add(messages, conversation.Messages[i], pinned: false);
        using var rest = new PooledBuffer(8192);
        WriteRest(rest, messages, current, tools, thinking);
        using var summary = new PooledBuffer(256);
        WriteSummary(summary, messages);
        if (!history.Choose(rest.Length + summary.Length + 256, !current.HasResults, _options) && !pair && !system.IsEmpty) return false;
        history.Report(_exchange.Losses);
        WriteHead(output);
        if (history.Any(summary.Length > 0))
        {
            Append(output, ",\"history\":["u8);
            history.WriteTo(output, summary.WrittenSpan);
            Append(output, "]"u8);
        }

        Append(output, rest.WrittenSpan);
        return true;
    }

    /// <summary>The beginning of the body, up to the conversation's messages.</summary>
    private void WriteHead(IBufferWriter<byte> output)
    {
        Append(output, "{\"conversationState\":{\"conversationId\":\""u8);
        Append(output, System.Text.Encoding.ASCII.GetBytes(CodeWhispererNames.Conversation(_request, _options.ConversationKey ?? _exchange.ConversationKey)));
        Append(output, "\",\"agentTaskType\":\""u8);
        Append(output, JsonEncodedText.Encode(_options.TaskType).EncodedUtf8Bytes);
        Append(output, "\",\"chatTriggerType\":\"MANUAL\""u8);
    }

    /// <summary>The body from the current message to its end.</summary>
    private void WriteRest(PooledBuffer rest, CodeWhispererMessageWriter messages, CodeWhispererMessage current, CodeWhispererTools tools, CodeWhispererThinking thinking)
    {
        Append(rest, ",\"currentMessage\":"u8);
        var writer = JsonWriting.Rent(rest);
        messages.Write(writer, current, tools);
        JsonWriting.Return(writer);
        // The conversation's object ends here; what follows are members of the whole.
        Append(rest, "}"u8);
        using var tail = new PooledBuffer(256);
        writer = JsonWriting.Rent(tail);
        writer.WriteStartObject();
        if (_options.ProfileArn is { Length: > 0 } profile) writer.WriteString("profileArn"u8, profile);
        thinking.Write(writer);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        if (tail.Length > 2) Append(rest, ","u8);
        Append(rest, tail.WrittenSpan[1..]);
    }

    private void WriteSummary(PooledBuffer output, CodeWhispererMessageWriter messages)
    {
        if (_options.HistorySummary is not { Length: > 0 } text) return;
        var writer = JsonWriting.Rent(output);
        messages.Write(writer, CodeWhispererMessage.Create(true, $"[Earlier conversation summary]\n{text}\n\n[Continuing from recent messages...]"), tools: null);
        JsonWriting.Return(writer);
        Append(output, ","u8);
        writer = JsonWriting.Rent(output);
        messages.Write(writer, CodeWhispererMessage.Create(false, "I will continue from there."), tools: null);
        JsonWriting.Return(writer);
    }

    private static void AddSystem(JsonText system, bool cached, CodeWhispererMessageWriter messages, CodeWhispererHistory history)
    {
        var text = new CodeWhispererMessage(isUser: true) { IsCached = cached };
        text.Blocks.Add((new TextBlock(system), "system"));
        history.Add(messages, text, pinned: true);
        history.Add(messages, CodeWhispererMessage.Create(false, Accepted), pinned: true);
    }

    /// <summary>All that the service has no other place for, in one text.</summary>
    private JsonText SystemText(CodeWhispererThinking thinking, CodeWhispererTools tools, out bool cached)
    {
        cached = false;
        using var text = new PooledBuffer(4096);
        if (thinking.Tags is not null) AddParagraph(text, JsonText.From(thinking.Tags));
        for (var i = 0; i < _request.System.Count; i++)
        {
            var block = _request.System[i];
            _exchange.Losses.DropForeign(block.Extras, Protocol.CodeWhisperer, $"system[{i}]");
            cached |= block.Cache is not null;
            if (block is TextBlock said) AddParagraph(text, said.Text);
            else _exchange.Losses.Drop($"system[{i}]", "only text can stand in system");
        }

        foreach (var words in tools.Words) AddParagraph(text, JsonText.From(words));
        if (_request.Output is { Kind: not OutputKind.Text } format)
        {
            _exchange.Losses.Approximate("response_format", "asked for in words: Kiro has no answers of a form");
            AddParagraph(text, AnswerFormats.InWords(format));
        }

        return JsonText.FromEscaped(text.WrittenMemory).Detach();
    }

    private static void AddParagraph(PooledBuffer output, JsonText text)
    {
        if (text.IsBlank) return;
        if (output.Length > 0) Append(output, "\\n\\n"u8);
        text.AppendEscaped(output);
    }

    /// <summary>
    /// Keeps as many cache points as the model takes: the system's, then the latest. Where the client sets none, they stand where they save most: behind the
    /// first message and the last answer (anomalyco/opencode pull request 18768).
    /// </summary>
    private void PlaceCachePoints(List<CodeWhispererMessage> messages, bool hasPair, ref bool system)
    {
        if (_request.Cache is not null) messages[^1].IsCached = true;
        var left = _options.CachePoints;
        var wanted = system || messages.Exists(static message => message.IsCached);
        if (wanted && left == 0) _exchange.Losses.Drop("cache_control", "the model is not known to cache");
        if (!wanted && left > 0)
        {
            system = hasPair;
            if (!hasPair) messages[0].IsCached = true;
            if (left > 1 && messages.FindLast(static message => !message.IsUser) is { } answer) answer.IsCached = true;
            return;
        }

        if (system && left > 0) left--;
        else system = false;
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (!messages[i].IsCached) continue;
            if (left-- > 0) continue;
            messages[i].IsCached = false;
            if (_options.CachePoints > 0) _exchange.Losses.Drop("cache_control", $"at most {_options.CachePoints} cache points are allowed");
        }
    }

    private static void Append(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        bytes.CopyTo(output.GetSpan(bytes.Length));
        output.Advance(bytes.Length);
    }
}
