using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Gemini;

/// <summary>Models in Gemini's shape.</summary>
internal sealed class GeminiModelList : IModelListFormat
{
    private const int MaxPage = 1000;

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.Gemini;

    /// <summary>Writes the page that <c>pageSize</c> and <c>pageToken</c> ask for; all there is where they ask for none.</summary>
    public void Write(Utf8JsonWriter writer, IReadOnlyList<VisibleModel> models, IQueryCollection query)
    {
        var size = int.TryParse(query["pageSize"], CultureInfo.InvariantCulture, out var asked) && asked > 0 ? Math.Min(asked, MaxPage) : MaxPage;
        var start = int.TryParse(query["pageToken"], CultureInfo.InvariantCulture, out var token) && token > 0 ? Math.Min(token, models.Count) : 0;
        var end = Math.Min(start + size, models.Count);
        writer.WriteStartObject();
        writer.WriteStartArray("models"u8);
        for (var i = start; i < end; i++) WriteModel(writer, models[i]);
        writer.WriteEndArray();
        if (end < models.Count) writer.WriteString("nextPageToken"u8, end.ToString(CultureInfo.InvariantCulture));
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public void WriteModel(Utf8JsonWriter writer, VisibleModel model)
    {
        var facts = model.Facts;
        writer.WriteStartObject();
        writer.WriteString("name"u8, ModelName.WithResourcePrefix(model.Id));
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
        if (facts.Reasoning is not (ReasoningStyle.Unknown or ReasoningStyle.None)) writer.WriteBoolean("thinking"u8, true);
        writer.WriteEndObject();
    }
}
