using System.Text.Json;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.OpenAi;

/// <summary>Models in OpenAI's shape, with what is known of each added in the fields that OpenRouter made common.</summary>
internal sealed class OpenAiModelList : IModelListFormat
{
    /// <inheritdoc/>
    public Protocol Protocol => Protocol.OpenAiChat;

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer, IReadOnlyList<VisibleModel> models, IQueryCollection query) => WriteList(writer, models, forCodex: query.ContainsKey("client_version"));

    /// <inheritdoc/>
    public void WriteModel(Utf8JsonWriter writer, VisibleModel model) => WriteOne(writer, model);

    /// <summary>Writes the whole list.</summary>

    public static void WriteList(Utf8JsonWriter writer, IReadOnlyList<VisibleModel> models, bool forCodex)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var model in models) WriteOne(writer, model);
        writer.WriteEndArray();
        if (forCodex)
        {
            // Codex CLI asks with client_version for a catalog of its own shape, which carries its prompts; an empty one leaves it with
            // those it ships, while the lack of one is an error to it.
            writer.WriteStartArray("models"u8);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteOne(Utf8JsonWriter writer, VisibleModel model)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, model.Id);
        writer.WriteString("object"u8, "model"u8);
        writer.WriteNumber("created"u8, ReleaseDate.From(model));
        writer.WriteString("owned_by"u8, model.Facts.Vendor ?? model.Servers[0].Provider);
        if (model.Facts.DisplayName is { } name) writer.WriteString("display_name"u8, name);
        if (model.Facts.ContextWindow is { } window)
        {
            writer.WriteNumber("context_length"u8, window);
            writer.WriteNumber("context_window"u8, window);
        }

        if (model.Facts.MaxOutputTokens is { } output) writer.WriteNumber("max_output_tokens"u8, output);
        if (model.Facts.Inputs.Count > 0)
        {
            writer.WriteStartObject("architecture"u8);
            writer.WriteStartArray("input_modalities"u8);
            foreach (var input in model.Facts.Inputs) writer.WriteStringValue(input);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        // OpenAI's own word for the day on which a model ends (developers.openai.com, deprecations).
        if (model.Facts.Retires is { } day) writer.WriteString("shutdown_date"u8, day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        WriteCapabilities(writer, model.Facts);
        writer.WriteEndObject();
    }

    private static void WriteCapabilities(Utf8JsonWriter writer, ModelMetadata facts)
    {
        writer.WriteStartObject("capabilities"u8);
        if (facts.Images is { } images) writer.WriteBoolean("vision"u8, images);
        if (facts.Tools is { } tools) writer.WriteBoolean("tools"u8, tools);
        if (facts.Reasoning != ReasoningStyle.Unknown) writer.WriteBoolean("reasoning"u8, facts.Reasoning != ReasoningStyle.None);
        if (facts.Efforts.Count > 0)
        {
            writer.WriteStartArray("reasoning_efforts"u8);
            foreach (var effort in facts.Efforts) writer.WriteStringValue(effort);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
