using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.Vertex;

/// <summary>The list of a publisher's models.</summary>
internal static class VertexModelGarden
{
    private static readonly string[] Google = ["gemini-2.5-pro", "gemini-2.5-flash", "gemini-3-pro-preview"];

    private static readonly string[] Anthropic = ["claude-sonnet-4-5", "claude-opus-4-5", "claude-haiku-4-5"];

    public static Reply List(string publisher) => Reply.Json(new JsonObject
    {
        ["publisherModels"] = new JsonArray([.. (publisher == "google" ? Google : Anthropic).Select(model => new JsonObject { ["name"] = $"publishers/{publisher}/models/{model}", ["versionId"] = "default", ["launchStage"] = "GA" })]),
    });
}
