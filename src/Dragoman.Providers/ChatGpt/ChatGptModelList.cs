using System.Text.Json;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>The backend's catalogue (<c>models[].slug</c>; wire notes codex-and-antigravity §B.6). Models that pickers hide are served all the same.</summary>
internal sealed class ChatGptModelList : IModelLister
{
    /// <inheritdoc/>
    public IReadOnlyList<string>? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var list = JsonDocument.Parse(body);
            if (list.RootElement.ValueKind != JsonValueKind.Object || !list.RootElement.TryGetProperty("models", out var models) || models.ValueKind != JsonValueKind.Array) return null;
            return [.. models.EnumerateArray().Select(static model => VendorJson.Text(model, "slug")).OfType<string>()];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
