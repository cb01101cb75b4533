using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Bedrock;

/// <summary>Models as inference profiles (API_ListInferenceProfiles): what clients of the runtime choose from.</summary>
internal sealed class InferenceProfileList : IModelListFormat
{
    private const int MaxPage = 1000;

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.BedrockConverse;

    /// <summary>Writes the page that <c>maxResults</c> and <c>nextToken</c> ask for. Profiles of an application (<c>type=APPLICATION</c>) there are none.</summary>
    public void Write(Utf8JsonWriter writer, IReadOnlyList<VisibleModel> models, IQueryCollection query)
    {
        var type = query["type"].ToString() is { Length: > 0 } asked ? asked : query["typeEquals"].ToString();
        var (start, end) = type == "APPLICATION" ? (0, 0) : PageOf(models.Count, query);
        writer.WriteStartObject();
        writer.WriteStartArray("inferenceProfileSummaries"u8);
        for (var place = start; place < end; place++) WriteModel(writer, models[place]);
        writer.WriteEndArray();
        if (end > 0 && end < models.Count) writer.WriteString("nextToken"u8, end.ToString(CultureInfo.InvariantCulture));
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public void WriteModel(Utf8JsonWriter writer, VisibleModel model)
    {
        writer.WriteStartObject();
        writer.WriteString("inferenceProfileArn"u8, BedrockModelFacts.ArnOf("inference-profile", model.Id));
        writer.WriteString("inferenceProfileId"u8, model.Id);
        writer.WriteString("inferenceProfileName"u8, model.Facts.DisplayName ?? model.Id);
        writer.WriteStartArray("models"u8);
        writer.WriteStartObject();
        writer.WriteString("modelArn"u8, BedrockModelFacts.ArnOf("foundation-model", model.Id));
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteString("status"u8, "ACTIVE"u8);
        writer.WriteString("type"u8, "SYSTEM_DEFINED"u8);
        writer.WriteEndObject();
    }

    private static (int Start, int End) PageOf(int count, IQueryCollection query)
    {
        var size = int.TryParse(query["maxResults"], CultureInfo.InvariantCulture, out var asked) && asked > 0 ? Math.Min(asked, MaxPage) : MaxPage;
        var start = int.TryParse(query["nextToken"], CultureInfo.InvariantCulture, out var token) && token > 0 ? Math.Min(token, count) : 0;
        return (start, Math.Min(start + size, count));
    }
}
