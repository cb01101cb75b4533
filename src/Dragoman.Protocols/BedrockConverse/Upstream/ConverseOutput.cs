using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>
/// Answers of a schema: built in for some models, for the others a tool that must be called and whose input is the answer, and words for those that
/// cannot be made to call. Which way is a function of the request and the model alone, so writer and reader agree without a word.
/// </summary>
internal static class ConverseOutput
{
    /// <summary>The name of the tool that stands for the answer, or null where no tool does.</summary>
    public static string? ToolName(TranslationContext exchange, ConverseModelTraits traits)
    {
        if (traits.NoForcedCalls || exchange.Request.Output is not { Kind: OutputKind.JsonSchema, Schema.IsEmpty: false } format) return null;
        return IsNative(format, traits) ? null : AnswerFormats.ToolName(exchange.Request);
    }

    /// <summary>
    /// The wish in words, or empty where a field or a tool says it. A tool that is only offered leaves the model free to answer in prose, and it
    /// cannot be forced where the model always thinks; <c>outputConfig</c> is refused there too ("output_config.format: Extra inputs are not
    /// permitted", as live calls of October 2026 had it for Claude Sonnet 5.5).
    /// </summary>
    public static JsonText InWords(TranslationContext exchange, ConverseModelTraits traits)
    {
        if (exchange.Request.Output is not { Kind: OutputKind.JsonSchema, Schema.IsEmpty: false } format || !traits.NoForcedCalls || IsNative(format, traits)) return default;
        exchange.Losses.Approximate("response_format", "the model takes no schema and cannot be made to call a tool; it is asked for in words");
        return AnswerFormats.InWords(format);
    }

    private static bool IsNative(OutputFormat format, ConverseModelTraits traits)
        => traits.NativeSchema && StrictSchema.Create(format.Schema, StrictRules.Anthropic).Unfit is null;

    public static void Write(Utf8JsonWriter writer, TranslationContext exchange, ConverseModelTraits traits)
    {
        if (exchange.Request.Output is not { Kind: OutputKind.JsonSchema } format || format.Schema.IsEmpty || !traits.NativeSchema) return;
        var schema = StrictSchema.Create(format.Schema, StrictRules.Anthropic);
        if (schema.Unfit is not null) return;
        schema.Report(exchange.Losses, "response_format.schema");
        writer.WriteStartObject("outputConfig"u8);
        writer.WriteStartObject("textFormat"u8);
        writer.WriteString("type"u8, "json_schema"u8);
        writer.WriteStartObject("structure"u8);
        writer.WriteStartObject("jsonSchema"u8);
        JsonText.FromUtf8(schema.Schema.Bytes).WriteTo(writer, "schema"u8);
        if (format.Name is { Length: > 0 } name) writer.WriteString("name"u8, name);
        if (format.Description is { Length: > 0 } description) writer.WriteString("description"u8, description);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
