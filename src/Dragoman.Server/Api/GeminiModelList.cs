using System.Text.Json;
using Dragoman.Gateway.Models;

namespace Dragoman.Server.Api;

/// <summary>Models in Gemini's shape.</summary>
internal static class GeminiModelList
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<VisibleModel> models)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("models"u8);
        foreach (var model in models) WriteModel(writer, model);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static void WriteModel(Utf8JsonWriter writer, VisibleModel model)
    {
        var facts = model.Facts;
        writer.WriteStartObject();
        writer.WriteString("name"u8, "models/" + model.Id);
        writer.WriteString("version"u8, "001"u8);
        writer.WriteString("displayName"u8, facts.DisplayName ?? model.Id);
        writer.WriteString("description"u8, facts.DisplayName ?? model.Id);
        if (facts.ContextWindow is { } window) writer.WriteNumber("inputTokenLimit"u8, window);
        if (facts.MaxOutputTokens is { } output) writer.WriteNumber("outputTokenLimit"u8, output);
        writer.WriteStartArray("supportedGenerationMethods"u8);
        writer.WriteStringValue("generateContent"u8);
        writer.WriteStringValue("streamGenerateContent"u8);
        writer.WriteStringValue("countTokens"u8);
        writer.WriteEndArray();
        if (facts.Reasoning is not (Wire.Conversation.ReasoningStyle.Unknown or Wire.Conversation.ReasoningStyle.None)) writer.WriteBoolean("thinking"u8, true);
        writer.WriteEndObject();
    }
}
