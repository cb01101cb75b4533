using System.Text.Json;
using Dragoman.Gateway.Providers;

namespace Dragoman.Providers.Abstractions;

/// <summary>Lists of models in OpenAI's, Anthropic's or Gemini's form.</summary>
public sealed class ModelLists : IModelLister
{
    /// <summary>One for all.</summary>
    public static ModelLists Instance { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<string>? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var list = JsonDocument.Parse(body);
            var root = list.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            if (root.TryGetProperty("has_more", out var more) && more.ValueKind == JsonValueKind.True) return null;
            if (root.TryGetProperty("nextPageToken", out var next) && next.ValueKind == JsonValueKind.String && next.GetString()!.Length > 0) return null;
            var items = root.TryGetProperty("data", out var data) ? data : root.TryGetProperty("models", out var models) ? models : default;
            if (items.ValueKind != JsonValueKind.Array) return null;
            var ids = new List<string>();
            foreach (var item in items.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Object) return null;
                if ((item.TryGetProperty("id", out var id) || item.TryGetProperty("name", out id)) && id.ValueKind == JsonValueKind.String) ids.Add(id.GetString()!);
            }

            return ids;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
