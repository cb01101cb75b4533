using System.Text.Json;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.CodeAssist;

/// <summary>The models of an account: those that it has a bucket of quota for, which is the only list that business accounts get (wire notes logins-2026-11, section 3, "Model list").</summary>
internal sealed class CodeAssistModels : IModelLister
{
    /// <inheritdoc/>
    public IReadOnlyList<string>? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var quota = JsonDocument.Parse(body);
            if (quota.RootElement.ValueKind != JsonValueKind.Object || !quota.RootElement.TryGetProperty("buckets", out var buckets) || buckets.ValueKind != JsonValueKind.Array) return null;
            List<string> models = [.. buckets.EnumerateArray().Select(bucket => VendorJson.Text(bucket, "modelId")).OfType<string>().Distinct(StringComparer.Ordinal)];
            // No bucket at all says nothing of models.
            return models.Count == 0 ? null : models;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
