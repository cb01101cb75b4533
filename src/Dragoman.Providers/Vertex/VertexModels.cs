using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Vertex;

/// <summary>The list of a publisher's models (<c>GET /v1beta1/publishers/PUBLISHER/models</c>), which names them <c>publishers/PUBLISHER/models/ID</c>.</summary>
internal sealed class VertexModels : IModelLister
{
    /// <summary>Whose list is asked for: there is none of all publishers. Where an account is configured with Claude only, it is Anthropic's.</summary>
    public static string PublisherOf(Account account) => account.Models.Count > 0 && account.Models.All(model => VertexModelScope.IsClaude(model.Name)) ? "anthropic" : "google";

    /// <inheritdoc/>
    public IReadOnlyList<string>? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var list = JsonDocument.Parse(body);
            var root = list.RootElement;
            if (root.ValueKind != JsonValueKind.Object || VendorJson.Text(root, "nextPageToken") is not null) return null;
            if (!root.TryGetProperty("publisherModels", out var models) || models.ValueKind != JsonValueKind.Array) return null;
            return [.. models.EnumerateArray().Select(model => VendorJson.Text(model, "name")).OfType<string>().Select(name => name[(name.LastIndexOf('/') + 1)..])];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
