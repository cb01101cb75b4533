using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>Which models know deferred tools (<c>tool_search</c>, <c>defer_loading</c>): OpenAI's from gpt-5.4 on (developers.openai.com, "Tool search").</summary>
internal static class ResponsesDeferral
{
    private const double First = 5.4;

    /// <summary>Whether what the client deferred can be left to the upstream.</summary>
    public static bool IsKnown(TranslationContext exchange)
    {
        if (exchange.Request.Source != Protocol.OpenAiResponses) return ForeignSearch(exchange) is not null;
        // A name that says nothing (a deployment's) is taken at its client's word, who asked for it in this protocol.
        return VersionOf(exchange.Model.Id) is not { } version || version >= First;
    }

    /// <summary>
    /// The search of a client of another protocol that can stand as <c>tool_search</c> here, so that the tools it finds ride in its results and the
    /// prompt's head stays the same; null where there is none, or the model does not know deferring.
    /// </summary>
    public static Tool? ForeignSearch(TranslationContext exchange)
    {
        var request = exchange.Request;
        if (request.Source == Protocol.OpenAiResponses || !request.Tools.Exists(static tool => tool.IsDeferred)) return null;
        return VersionOf(exchange.Model.Id) >= First ? DeferredTools.SearchOf(request, request.Turns) : null;
    }

    private static double? VersionOf(string model)
    {
        var at = model.IndexOf("gpt-", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        var end = at += 4;
        while (end < model.Length && (char.IsAsciiDigit(model[end]) || model[end] == '.')) end++;
        return double.TryParse(model.AsSpan(at, end - at).TrimEnd('.'), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var version) ? version : null;
    }
}
