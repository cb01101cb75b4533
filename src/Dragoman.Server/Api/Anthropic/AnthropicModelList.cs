using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Anthropic;

/// <summary>
/// Models in Anthropic's shape. Claude Code's picker shows only ids that begin with <c>claude</c> or <c>anthropic</c>, so all others are
/// listed under <c>anthropic/</c>, which is taken off again when one is asked for.
/// </summary>
internal sealed class AnthropicModelList : IModelListFormat
{
    private const string ShownPrefix = "anthropic/";
    private const int DefaultPage = 20;
    private const int MaxPage = 1000;

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.AnthropicMessages;

    /// <inheritdoc/>
    public string OwnId(string shownId, IReadOnlyList<VisibleModel> models) => WithoutShownPrefix(shownId, models);

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer, IReadOnlyList<VisibleModel> models, IQueryCollection query)
    {
        var page = Page(models, query, out var more);
        writer.WriteStartObject();
        writer.WriteStartArray("data"u8);
        foreach (var model in page) WriteModel(writer, model);
        writer.WriteEndArray();
        writer.WriteBoolean("has_more"u8, more);
        writer.WriteString("first_id"u8, page.Count > 0 ? ShownId(page[0].Id) : null);
        writer.WriteString("last_id"u8, page.Count > 0 ? ShownId(page[^1].Id) : null);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public void WriteModel(Utf8JsonWriter writer, VisibleModel model)
    {
        var facts = model.Facts;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "model"u8);
        writer.WriteString("id"u8, ShownId(model.Id));
        writer.WriteString("display_name"u8, facts.DisplayName ?? model.Id);
        writer.WriteString("created_at"u8, DateTimeOffset.FromUnixTimeSeconds(ReleaseDate.From(model)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (facts.ContextWindow is { } window) writer.WriteNumber("max_input_tokens"u8, window);
        if (facts.MaxOutputTokens is { } output) writer.WriteNumber("max_tokens"u8, output);
        writer.WriteEndObject();
    }

    /// <summary>The model's own id when it was asked for under the prefix it is shown with.</summary>
    public static string WithoutShownPrefix(string id, IReadOnlyList<VisibleModel> models)
    {
        if (!id.StartsWith(ShownPrefix, StringComparison.Ordinal)) return id;
        foreach (var model in models)
        {
            if (string.Equals(model.Id, id, StringComparison.OrdinalIgnoreCase)) return id;
        }

        return id[ShownPrefix.Length..];
    }

    private static string ShownId(string id)
        => id.StartsWith("claude", StringComparison.OrdinalIgnoreCase) || id.StartsWith("anthropic", StringComparison.OrdinalIgnoreCase) ? id : ShownPrefix + id;

    private static List<VisibleModel> Page(IReadOnlyList<VisibleModel> models, IQueryCollection query, out bool more)
    {
        var limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, MaxPage) : DefaultPage;
        var list = models.ToList();
        if (query["before_id"].ToString() is { Length: > 0 } before && list.FindIndex(model => IsNamed(model, before)) is >= 0 and var end)
        {
            // The page that ends just before it; more of them lie further back.
            var start = Math.Max(0, end - limit);
            more = start > 0;
            return list[start..end];
        }

        if (query["after_id"].ToString() is { Length: > 0 } after) list.RemoveRange(0, list.FindIndex(model => IsNamed(model, after)) + 1);
        more = list.Count > limit;
        return list[..Math.Min(limit, list.Count)];
    }

    private static bool IsNamed(VisibleModel model, string id) => ShownId(model.Id) == id || model.Id == id;
}
