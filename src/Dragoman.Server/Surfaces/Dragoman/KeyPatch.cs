using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Management.Keys;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>The body of <c>PATCH /keys/{id}</c> (RFC 7396): what it names is changed, and a null takes a limit away.</summary>
internal static class KeyPatch
{
    /// <summary>The settings with the patch on top, or what is wrong with it.</summary>
    public static ManagementResult<KeySettings> Apply(KeySettings settings, JsonObject patch)
    {
        var merged = JsonSerializer.SerializeToNode(settings, ManagementJson.Options)!.AsObject();
        foreach (var (name, value) in patch) merged[name] = value?.DeepClone();
        try
        {
            return merged.Deserialize<KeySettings>(ManagementJson.Options)!;
        }
        catch (JsonException ex)
        {
            return ManagementError.Invalid($"The change cannot be read: {ex.Message}", ex.Path?.TrimStart('$', '.'));
        }
    }
}
