using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>The two ways to ask for an answer of a shape where the upstream has no field for it: a tool that must be called, and words.</summary>
internal static class AnswerFormats
{
    /// <summary>What the tool that stands for the answer does, where the client's schema has no description.</summary>
    public const string ToolDescription = "Give the final answer in this shape.";

    /// <summary>
    /// The name of the tool that stands for the answer: a function of the request alone, so that the writer of the request and the reader of the
    /// answer agree without a word.
    /// </summary>
    public static string ToolName(ConversationRequest request)
    {
        var name = "json";
        while (request.FindTool(name) is not null) name += "_answer";
        return name;
    }

    /// <summary>The wish in words.</summary>
    public static JsonText InWords(OutputFormat format)
        => JsonText.From(format.Kind == OutputKind.JsonSchema && format.Schema.IsObject
            ? $"Answer with one JSON object and nothing else: no explanation, no code fence. It must match this JSON Schema:\n{format.Schema}"
            : "Answer with one JSON object and nothing else: no explanation, no code fence.");
}
