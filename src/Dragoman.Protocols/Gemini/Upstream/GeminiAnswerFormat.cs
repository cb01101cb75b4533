using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;

namespace Dragoman.Protocols.Gemini.Upstream;

/// <summary>
/// How an answer of a shape is asked for. Before Gemini 3 a JSON answer beside tools is refused ("Function calling with a response mime type:
/// 'application/json' is unsupported"): beside functions the answer becomes one more function that the model may call, beside hosted tools,
/// which take no functions beside them, it is asked for in words.
/// </summary>
/// <remarks>Which way is a function of the request and the model alone, so that the writer and the reader of the answer agree.</remarks>
internal static class GeminiAnswerFormat
{
    /// <summary>The function that stands for the answer, or null where none does.</summary>
    public static string? FunctionName(TranslationContext exchange)
        => IsExcluded(exchange) && exchange.Request.Output is { Kind: OutputKind.JsonSchema, Schema.IsEmpty: false } && HasFunctions(exchange.Request)
            ? AnswerFormats.ToolName(exchange.Request) : null;

    /// <summary>Whether the answer's shape is asked for in the system instruction.</summary>
    public static bool IsInWords(TranslationContext exchange) => IsExcluded(exchange) && FunctionName(exchange) is null;

    /// <summary>Whether the model does not take an answer format beside the tools of the request.</summary>
    public static bool IsExcluded(TranslationContext exchange)
        => exchange.Request.Output is { Kind: not OutputKind.Text } && exchange.Request.Source != Protocol.Gemini
            && GeminiModelName.Version(exchange.Model.Id) is > 0 and < 30 && GeminiToolWriter.WritesAny(exchange.Request);

    private static bool HasFunctions(ConversationRequest request) => request.Tools.Exists(tool => tool.Kind != ToolKind.Hosted);
}
