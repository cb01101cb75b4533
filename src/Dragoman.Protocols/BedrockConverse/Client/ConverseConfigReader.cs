using System.Text;
using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.BedrockConverse.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Client;

/// <summary>Reads the option objects: inference, the model's own fields, the shape of the answer.</summary>
internal static class ConverseConfigReader
{
    private const Protocol Own = Protocol.BedrockConverse;

    /// <summary>Reads <c>inferenceConfig</c>.</summary>
    public static void Inference(JsonSlice config, ConversationRequest request)
    {
        var reader = config.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "maxTokens":
                    request.MaxOutputTokens = reader.Int32OrNull();
                    if (request.MaxOutputTokens is < 1) throw WireException.Invalid("inferenceConfig.maxTokens: must be at least 1", "inferenceConfig.maxTokens");
                    break;
                case "temperature":
                    request.Sampling.Temperature = reader.DoubleOrNull();
                    break;
                case "topP":
                    request.Sampling.TopP = reader.DoubleOrNull();
                    break;
                case "stopSequences" when reader.TokenType == System.Text.Json.JsonTokenType.StartArray:
                    while (reader.NextElement())
                        if (reader.StringOrNull() is { Length: > 0 } stop) request.StopSequences.Add(stop);
                    break;
                default:
                    request.Extras.Add(new(Own, "inferenceConfig." + name, JsonSlice.From(ref reader, config.Bytes)));
                    break;
            }
        }
    }

    /// <summary>
    /// Reads <c>additionalModelRequestFields</c>, the fields of the model's own body. Those that other models have a word for cross (thinking, effort, top_k, betas); the rest is for the model that knows it.
    /// </summary>
    public static void Additional(JsonSlice fields, ConversationRequest request)
    {
        if (!fields.IsObject) return;
        List<(JsonText Name, JsonSlice Value)>? rest = null;
        var reader = fields.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var name = JsonText.From(ref reader, fields.Bytes);
            reader.Read();
            var value = JsonSlice.From(ref reader, fields.Bytes);
            if (!Take(name.ToString(), value, request)) (rest ??= []).Add((name, value));
        }

        if (rest is null) return;
        using var buffer = new PooledBuffer(fields.Bytes.Length + 16);
        var writer = JsonWriting.Rent(buffer);
        writer.WriteStartObject();
        foreach (var (name, value) in rest) value.WriteTo(writer, name.ToUtf8().Span);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        request.Extras.Add(new(Own, "additionalModelRequestFields", new JsonSlice(buffer.WrittenMemory).Detach()));
    }

    /// <summary>Whether fields of the model's own answer are asked for beside the stop sequence, which comes without being asked for.</summary>
    public static bool WantsOtherFields(JsonSlice paths)
    {
        if (!paths.IsArray) return true;
        var reader = paths.Read();
        reader.Read();
        while (reader.NextElement())
            if (reader.StringOrNull() is not ("/stop_sequence" or "/delta/stop_sequence")) return true;
        return false;
    }

    /// <summary>Reads <c>outputConfig</c>, whose schema is a text.</summary>
    public static void Output(JsonSlice config, ConversationRequest request)
    {
        var format = ConverseJson.Member(config, "textFormat"u8);
        var schema = ConverseJson.Member(ConverseJson.Member(format, "structure"u8), "jsonSchema"u8);
        if (ConverseJson.TextOf(format, "type"u8) != "json_schema" || !schema.IsObject)
        {
            request.Extras.Add(new(Own, "outputConfig", config));
            return;
        }

        try
        {
            request.Output = new OutputFormat
            {
                Kind = OutputKind.JsonSchema, Schema = JsonSlice.Parse(ConverseJson.TextOf(schema, "schema"u8) ?? ""), Name = ConverseJson.TextOf(schema, "name"u8), Description = ConverseJson.TextOf(schema, "description"u8), Strict = true,
            };
        }
        catch (System.Text.Json.JsonException)
        {
            throw WireException.Invalid("outputConfig.textFormat.structure.jsonSchema.schema: must be a JSON schema as a text", "outputConfig");
        }
    }

    private static bool Take(string name, JsonSlice value, ConversationRequest request)
    {
        switch (name)
        {
            // Claude's own body.
            case "thinking" or "reasoning_config" when value.IsObject:
                AnthropicOptionsReader.Thinking(value, request);
                return true;
            case "output_config" when value.IsObject:
                AnthropicOptionsReader.OutputConfig(value, request);
                return true;
            case "top_k" when Number(value) is { } topK:
                request.Sampling.TopK = (int)topK;
                return true;
            case "anthropic_beta":
                request.Extras.Add(new(Protocol.AnthropicMessages, name, value));
                return true;
            // gpt-oss and others.
            case "reasoning_effort" when value.IsString:
                (request.Reasoning ??= new()).Effort = ConverseJson.Text(value).ToString();
                return true;
            // Nova.
            case "inferenceConfig" when Number(ConverseJson.Member(value, "topK"u8)) is { } topK:
                request.Sampling.TopK = (int)topK;
                return true;
            case "reasoningConfig" when ConverseJson.TextOf(value, "type"u8) is { } type:
                var options = request.Reasoning ??= new();
                options.Mode = type == "enabled" ? ReasoningMode.On : ReasoningMode.Off;
                options.Effort = ConverseJson.TextOf(value, "maxReasoningEffort"u8) ?? options.Effort;
                return true;
            default:
                return false;
        }
    }

    private static double? Number(JsonSlice value)
        => !value.IsEmpty && double.TryParse(Encoding.UTF8.GetString(value.Bytes.Span), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
