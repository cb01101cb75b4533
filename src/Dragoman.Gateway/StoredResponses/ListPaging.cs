using System.Text.Json;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>JSON lists of items, paged as OpenAI pages them.</summary>
public static class ListPaging
{
    private const int DefaultPage = 20;
    private const int LargestPage = 100;

    /// <summary>The text of a JSON string; null for anything else.</summary>
    public static string? TextOf(JsonSlice value)
    {
        if (!value.IsString) return null;
        var reader = value.Read();
        reader.Read();
        return reader.StringOrNull();
    }

    /// <summary>Writes a page of items (oldest first) as the query asks: <c>limit</c>, <c>order</c>, <c>after</c>.</summary>
    /// <exception cref="WireException">The query asks for what is not allowed.</exception>
    public static void WritePage(Utf8JsonWriter json, IReadOnlyList<JsonSlice> items, ListQuery query)
    {
        var limit = DefaultPage;
        if (query.Limit is { Length: > 0 } asked && (!int.TryParse(asked, out limit) || limit is < 1 or > LargestPage))
            throw StoredResponseErrors.Invalid($"Invalid 'limit': expected a number from 1 to {LargestPage}.", "limit", "invalid_value");
        var order = query.Order;
        if (order is not (null or "" or "asc" or "desc")) throw StoredResponseErrors.Invalid("Invalid 'order': expected 'asc' or 'desc'.", "order", "invalid_value");
        IEnumerable<JsonSlice> ordered = order == "asc" ? items : items.Reverse();
        if (query.After is { Length: > 0 } after)
        {
            var rest = ordered.SkipWhile(item => InputItems.TextOf(item, "id"u8) != after).ToList();
            if (rest.Count == 0) throw StoredResponseErrors.ItemNotFound(after);
            ordered = rest.Skip(1);
        }

        var page = ordered.Take(limit + 1).ToList();
        var more = page.Count > limit;
        if (more) page.RemoveAt(limit);
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var item in page) item.WriteTo(json);
        json.WriteEndArray();
        json.WriteString("first_id"u8, page.Count > 0 ? InputItems.TextOf(page[0], "id"u8) : null);
        json.WriteString("last_id"u8, page.Count > 0 ? InputItems.TextOf(page[^1], "id"u8) : null);
        json.WriteBoolean("has_more"u8, more);
        json.WriteEndObject();
    }
}

/// <summary>Which page of a list is asked for, in the words of the query; null or empty for what was not said.</summary>
/// <param name="Limit">How many items at most, from 1 to 100; 20 where it is not said.</param>
/// <param name="Order"><c>asc</c> or <c>desc</c>; newest first where it is not said.</param>
/// <param name="After">The id of the item before the page.</param>
public readonly record struct ListQuery(string? Limit, string? Order, string? After);
