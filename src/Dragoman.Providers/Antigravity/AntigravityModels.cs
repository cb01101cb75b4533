using System.Text.Json;
using Dragoman.Gateway.Providers;

namespace Dragoman.Providers.Antigravity;

/// <summary>The models of an account (<c>fetchAvailableModels</c>), without those that the program uses for itself (wire notes codex-and-antigravity D.11).</summary>
internal sealed class AntigravityModels : IModelLister
{
    /// <inheritdoc/>
    public IReadOnlyList<string>? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var list = JsonDocument.Parse(body);
            if (list.RootElement.ValueKind != JsonValueKind.Object || !list.RootElement.TryGetProperty("models", out var models) || models.ValueKind != JsonValueKind.Object) return null;
            return [.. models.EnumerateObject().Select(model => model.Name).Where(IsShown)];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a model is one that people are shown.</summary>
    public static bool IsShown(string id) => id.StartsWith("claude", StringComparison.Ordinal) || id.StartsWith("gemini", StringComparison.Ordinal) || id.StartsWith("gpt-oss", StringComparison.Ordinal);
}
