using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Client;

/// <summary>Reads a Messages request. What the model in the middle does not name is kept as an extra, whole.</summary>
internal static class AnthropicRequestReader
{
    private const Protocol Own = Protocol.AnthropicMessages;

    /// <summary>Reads the request; a count request has the same shape but needs no <c>max_tokens</c>.</summary>
    public static ConversationRequest Read(ReadOnlyMemory<byte> body, RequestTarget target, bool counting)
    {
        var request = new ConversationRequest { Source = Own };
        var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid("The request body must be a JSON object.");
        JsonSlice messages = default;
        JsonSlice toolChoice = default;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("messages"u8)) messages = Value(ref reader, body);
            else if (reader.ValueTextEquals("system"u8)) ReadSystem(Value(ref reader, body), request);
            else if (reader.ValueTextEquals("tools"u8)) AnthropicToolReader.Read(Value(ref reader, body), request);
            else if (reader.ValueTextEquals("tool_choice"u8)) toolChoice = Value(ref reader, body);
            else if (reader.ValueTextEquals("model"u8)) request.Model = RequiredString(ref reader, "model");
            else if (reader.ValueTextEquals("max_tokens"u8)) request.MaxOutputTokens = MaxTokens(ref reader);
            else if (reader.ValueTextEquals("stream"u8)) request.Stream = Boolean(ref reader, "stream") ?? false;
            else if (reader.ValueTextEquals("temperature"u8)) request.Sampling.Temperature = Number(ref reader, "temperature");
            else if (reader.ValueTextEquals("top_p"u8)) request.Sampling.TopP = Number(ref reader, "top_p");
            else if (reader.ValueTextEquals("top_k"u8)) request.Sampling.TopK = (int?)Number(ref reader, "top_k");
            else if (reader.ValueTextEquals("stop_sequences"u8)) ReadStops(Value(ref reader, body), request);
            else if (reader.ValueTextEquals("thinking"u8)) AnthropicOptionsReader.Thinking(Value(ref reader, body), request);
            else if (reader.ValueTextEquals("output_config"u8)) AnthropicOptionsReader.OutputConfig(Value(ref reader, body), request);
            else if (reader.ValueTextEquals("output_format"u8)) AnthropicOptionsReader.Format(Value(ref reader, body), request, "output_format");
            else if (reader.ValueTextEquals("metadata"u8)) AnthropicOptionsReader.Metadata(Value(ref reader, body), request);
            else if (reader.ValueTextEquals("service_tier"u8)) request.ServiceTier = String(ref reader);
            else if (reader.ValueTextEquals("cache_control"u8)) ReadCache(Value(ref reader, body), request);
            else
            {
                var name = reader.GetString()!;
                var value = Value(ref reader, body);
                if (!value.IsNull) request.Extras.Add(new(Own, name, value));
            }
        }

        if (target.Model is { Length: > 0 } model) request.Model = model;
        if (target.Stream is { } stream) request.Stream = stream;
        if (request.Model.Length == 0) throw WireException.Invalid("model: Field required", "model");
        if (messages.IsEmpty || messages.IsNull) throw WireException.Invalid("messages: Field required", "messages");
        if (request.MaxOutputTokens is null && !counting) throw WireException.Invalid("max_tokens: Field required", "max_tokens");
        ReadMessages(messages, request);
        if (!toolChoice.IsEmpty) AnthropicToolReader.ReadChoice(toolChoice, request);
        return request;
    }

    private static void ReadMessages(JsonSlice messages, ConversationRequest request)
    {
        if (!messages.IsArray) throw WireException.Invalid("messages: Input should be a valid list", "messages");
        var blocks = new AnthropicBlockReader();
        var reader = messages.Read();
        reader.Read();
        for (var index = 0; reader.NextElement(); index++)
        {
            var path = $"messages.{index}";
            if (reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid($"{path}: Input should be a valid dictionary", path);
            request.Turns.Add(ReadMessage(JsonSlice.From(ref reader, messages.Bytes), path, blocks));
        }

        if (request.Turns.Count == 0) throw WireException.Invalid("messages: at least one message is required", "messages");
    }

    private static Turn ReadMessage(JsonSlice message, string path, AnthropicBlockReader blocks)
    {
        string? role = null;
        JsonSlice content = default;
        List<Extra>? extras = null;
        var reader = message.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("role"u8)) role = String(ref reader);
            else if (reader.ValueTextEquals("content"u8)) content = Value(ref reader, message.Bytes);
            else (extras ??= []).Add(new(Own, reader.GetString()!, Value(ref reader, message.Bytes)));
        }

        var turn = new Turn(role switch
        {
            "user" => Role.User,
            "assistant" => Role.Assistant,
            "system" => Role.System,
            null => throw WireException.Invalid($"{path}.role: Field required", $"{path}.role"),
            _ => throw WireException.Invalid($"{path}.role: Input should be 'user', 'assistant' or 'system'", $"{path}.role"),
        })
        { Extras = extras };
        if (content.IsEmpty) throw WireException.Invalid($"{path}.content: Field required", $"{path}.content");
        if (!content.IsNull) blocks.ReadContent(content, $"{path}.content", turn.Blocks);
        return turn;
    }

    private static void ReadSystem(JsonSlice system, ConversationRequest request)
    {
        if (system.IsNull) return;
        var blocks = new List<Block>();
        new AnthropicBlockReader().ReadContent(system, "system", blocks);
        for (var i = 0; i < blocks.Count; i++)
        {
            if (i == 0 && blocks[i] is TextBlock longer && AnthropicAttribution.Remainder(longer) is { } rest)
            {
                request.System.Add(rest);
                request.Extras.Add(new(Own, AnthropicAttribution.ExtraName, AnthropicAttribution.Block(longer)));
            }
            else if (i == 0 && blocks[i] is TextBlock text && AnthropicAttribution.Is(text.Text)) request.Extras.Add(new(Own, AnthropicAttribution.ExtraName, Whole(system, text)));
            else request.System.Add(blocks[i]);
        }
    }

    /// <summary>The attribution block as it stood; from a bare string, a block around it.</summary>
    private static JsonSlice Whole(JsonSlice system, TextBlock text)
    {
        if (!system.IsArray)
        {
            using var buffer = new PooledBuffer(text.Text.Length + 32);
            var writer = JsonWriting.Rent(buffer);
            writer.WriteStartObject();
            writer.WriteString("type"u8, "text"u8);
            text.Text.WriteTo(writer, "text"u8);
            writer.WriteEndObject();
            JsonWriting.Return(writer);
            return new JsonSlice(buffer.WrittenMemory).Detach();
        }

        var reader = system.Read();
        reader.Read();
        reader.Read();
        return JsonSlice.From(ref reader, system.Bytes);
    }

    private static void ReadStops(JsonSlice stops, ConversationRequest request)
    {
        if (stops.IsNull) return;
        if (!stops.IsArray) throw WireException.Invalid("stop_sequences: Input should be a valid list", "stop_sequences");
        var reader = stops.Read();
        reader.Read();
        while (reader.NextElement())
        {
            if (reader.StringOrNull() is { Length: > 0 } stop) request.StopSequences.Add(stop);
        }
    }

    private static void ReadCache(JsonSlice value, ConversationRequest request)
    {
        List<Extra>? extras = null;
        request.Cache = AnthropicBlockReader.ReadCache(value, ref extras);
        if (extras is not null) request.Extras.AddRange(extras);
    }

    private static int? MaxTokens(ref Utf8TokenReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.Number) throw WireException.Invalid("max_tokens: Input should be a valid integer", "max_tokens");
        var value = reader.Int32OrNull();
        if (value < 0) throw WireException.Invalid("max_tokens: Input should be greater than or equal to 0", "max_tokens");
        return value;
    }

    private static double? Number(ref Utf8TokenReader reader, string path)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.Null or JsonTokenType.Number) return reader.DoubleOrNull();
        throw WireException.Invalid($"{path}: Input should be a valid number", path);
    }

    private static bool? Boolean(ref Utf8TokenReader reader, string path)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.Null or JsonTokenType.True or JsonTokenType.False) return reader.BooleanOrNull();
        throw WireException.Invalid($"{path}: Input should be a valid boolean", path);
    }

    private static string RequiredString(ref Utf8TokenReader reader, string path)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return "";
        return reader.StringOrNull() ?? throw WireException.Invalid($"{path}: Input should be a valid string", path);
    }

    private static string? String(ref Utf8TokenReader reader)
    {
        reader.Read();
        return reader.StringOrNull();
    }

    private static JsonSlice Value(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        reader.Read();
        return JsonSlice.From(ref reader, source);
    }
}
