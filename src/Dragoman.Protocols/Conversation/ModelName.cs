namespace Dragoman.Protocols.Conversation;

/// <summary>The parts of a model's name that clients and hosts put around it.</summary>
public static class ModelName
{
    private const string ResourcePrefix = "models/";

    /// <summary>The name without what a marketplace or a path puts before it: <c>claude-sonnet-4-5</c> for <c>anthropic/claude-sonnet-4-5</c>.</summary>
    public static string WithoutPath(string model) => model[(model.LastIndexOf('/') + 1)..];

    /// <summary>The name without what a marketplace or a path puts before it.</summary>
    public static ReadOnlySpan<char> WithoutPath(ReadOnlySpan<char> model) => model[(model.LastIndexOf('/') + 1)..];

    /// <summary>The name without <c>models/</c>, by which Gemini's addresses and lists call a model (ai.google.dev, REST resource <c>models</c>).</summary>
    public static string WithoutResourcePrefix(string model)
        => model.StartsWith(ResourcePrefix, StringComparison.OrdinalIgnoreCase) ? model[ResourcePrefix.Length..] : model;

    /// <summary>The name as Gemini's addresses and lists call it: with <c>models/</c>.</summary>
    public static string WithResourcePrefix(string model) => ResourcePrefix + WithoutResourcePrefix(model);
}
