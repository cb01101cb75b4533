using Dragoman.Protocols;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Gemini;

/// <summary>How requests of Google's clients are recognised.</summary>
internal static class GeminiSigns
{
    public static ProtocolSigns Gemini { get; } = new(Protocol.Gemini)
    {
        Words = ["cachedContents", "corpora", "dynamic", "fileSearchStores", "interactions", "operations", "projects", "publishers", "tunedModels"],
        Roots = ["/v1beta", "/v1alpha", "/v1internal", "/upload/", "/download/"],
        Headers = ["x-goog-api-key", "x-goog-api-client"],
        OwnsPath = IsMethodOfModel,
    };

    /// <summary>Gemini names its methods behind a colon: <c>/v1/models/MODEL:METHOD</c>.</summary>
    private static bool IsMethodOfModel(string path)
    {
        var rest = ClientProtocolSelector.BehindVersion(path);
        return rest.StartsWith("models/", StringComparison.OrdinalIgnoreCase) && rest.Contains(':');
    }
}
