using System.Text.Json;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>Extras that stood inside an object of the request.</summary>
internal static class ResponsesNestedExtras
{
    /// <summary>Writes the extras that stood inside an object of the request (<c>reasoning.context</c>).</summary>
    public static void Write(Utf8JsonWriter json, ConversationRequest request, string prefix)
    {
        foreach (var extra in request.Extras)
        {
            if (extra.Protocol != Protocol.OpenAiResponses || !extra.Name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            // What stood deeper belongs to an object of its own.
            if (extra.Name.AsSpan(prefix.Length).Contains('.')) continue;
            json.WritePropertyName(extra.Name.AsSpan(prefix.Length));
            extra.Value.WriteTo(json);
        }
    }
}
