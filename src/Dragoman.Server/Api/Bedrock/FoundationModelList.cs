using System.Text.Json;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Bedrock;

/// <summary>Models as foundation models (API_ListFoundationModels).</summary>
internal sealed class FoundationModelList : IModelListFormat
{
    /// <inheritdoc/>
    public Protocol Protocol => Protocol.BedrockAnthropic;

    /// <summary>Writes those that <c>byProvider</c>, <c>byOutputModality</c> and <c>byInferenceType</c> ask for.</summary>
    public void Write(Utf8JsonWriter writer, IReadOnlyList<VisibleModel> models, IQueryCollection query)
    {
        var provider = query["byProvider"].ToString();
        var isServed = query["byOutputModality"].ToString() is "" or "TEXT" && query["byInferenceType"].ToString() is "" or "ON_DEMAND" && query["byCustomizationType"].Count == 0;
        writer.WriteStartObject();
        writer.WriteStartArray("modelSummaries"u8);
        foreach (var model in models)
        {
            if (isServed && (provider.Length == 0 || BedrockModelFacts.ProviderOf(model).Equals(provider, StringComparison.OrdinalIgnoreCase))) WriteSummary(writer, model);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public void WriteModel(Utf8JsonWriter writer, VisibleModel model)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("modelDetails"u8);
        WriteSummary(writer, model);
        writer.WriteEndObject();
    }

    private static void WriteSummary(Utf8JsonWriter writer, VisibleModel model)
    {
        writer.WriteStartObject();
        writer.WriteString("modelArn"u8, BedrockModelFacts.ArnOf("foundation-model", model.Id));
        writer.WriteString("modelId"u8, model.Id);
        writer.WriteString("modelName"u8, model.Facts.DisplayName ?? model.Id);
        writer.WriteString("providerName"u8, BedrockModelFacts.ProviderOf(model));
        Words(writer, "inputModalities"u8, "TEXT");
        Words(writer, "outputModalities"u8, "TEXT");
        writer.WriteBoolean("responseStreamingSupported"u8, true);
        Words(writer, "customizationsSupported"u8);
        Words(writer, "inferenceTypesSupported"u8, "ON_DEMAND");
        writer.WriteStartObject("modelLifecycle"u8);
        writer.WriteString("status"u8, "ACTIVE"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Words(Utf8JsonWriter writer, ReadOnlySpan<byte> name, params ReadOnlySpan<string> words)
    {
        writer.WriteStartArray(name);
        foreach (var word in words) writer.WriteStringValue(word);
        writer.WriteEndArray();
    }
}
